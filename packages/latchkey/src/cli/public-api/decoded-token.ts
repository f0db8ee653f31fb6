// Decodes a token without verifying it, to show its contents.
import { unusable } from '../cli-failure.ts'

export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** Decodes a JWT in its compact form (RFC 7519 §3.1) of any issuer. Throws `CliFailure` if the text is not a JWT. */
export function decodeToken(token: string): DecodedToken {
  const parts = token.split('.')
  if (parts.length !== 3) {
    throw unusable(
      `This is not a JWT: it has ${String(parts.length)} parts with dots between them instead of three. Copy the whole token.`,
    )
  }
  return { header: readPart(parts[0] ?? '', 'header'), claims: readPart(parts[1] ?? '', 'payload') }
}

function readPart(part: string, name: string): Readonly<Record<string, unknown>> {
  if (/^[A-Za-z0-9_-]+$/.test(part)) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'))
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
    } catch {
      // The parser's message is dropped, because it may contain a part of a secret. The error is reported below.
    }
  }
  throw unusable(`This is not a JWT: its ${name} is not a JSON object in base64url.`)
}
