// Identifies and orders tokens: by their claims if the text is a JWT, or else by the text itself.

/** The claims of a token, read without verifying its signature. Use them to compare tokens, never to trust one. */
export interface TokenIdentity {
  readonly text: string
  readonly jti?: string
  readonly gen?: number
  /** Seconds since the epoch, on the server's clock. */
  readonly iat?: number
  /** Seconds since the epoch, on the server's clock. */
  readonly exp?: number
}

export function readIdentity(text: string): TokenIdentity {
  const claims = claimsOf(text)
  return {
    text,
    ...(typeof claims['jti'] === 'string' && { jti: claims['jti'] }),
    ...(Number.isSafeInteger(claims['gen']) && { gen: claims['gen'] as number }),
    ...(Number.isSafeInteger(claims['iat']) && { iat: claims['iat'] as number }),
    ...(Number.isSafeInteger(claims['exp']) && { exp: claims['exp'] as number }),
  }
}

/** Signing the same token again may give another text, so the texts are compared only if there is no `jti`. */
export function isSameToken(one: TokenIdentity, other: TokenIdentity): boolean {
  if (one.jti === undefined || other.jti === undefined) return one.text === other.text
  return one.jti === other.jti && one.gen === other.gen
}

/** A token with the fencing token (`fence`) of the lease under which it was requested. */
export interface OrderedToken extends TokenIdentity {
  readonly fence: number
}

/**
 * True if `one` was issued after `other`. Compares the claims `gen` if both tokens have them, otherwise the issue
 * times, and otherwise the fencing tokens of the leases.
 */
export function isLater(one: OrderedToken, other: OrderedToken): boolean {
  if (one.gen !== undefined && other.gen !== undefined) return one.gen > other.gen
  if (one.iat !== undefined && other.iat !== undefined && one.iat !== other.iat) return one.iat > other.iat
  return one.fence > other.fence
}

function claimsOf(text: string): Readonly<Record<string, unknown>> {
  const [, payload, signature] = text.split('.')
  if (payload === undefined || signature === undefined) return {}
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {}
  } catch {
    return {} // not a JWT: opaque tokens are allowed
  }
}
