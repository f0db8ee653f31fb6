// The claims of the server's tokens, for tests.
import { createHash } from 'node:crypto'
import { type AccessTokenClaims, type FeedToken, readAccessToken, readAccessTokenClaims } from '@latchkey/protocol'

export function claimsOf(token: string): AccessTokenClaims {
  const read = readAccessToken(token)
  const claims = read.ok ? readAccessTokenClaims(read.value.payload) : read
  if (!claims.ok) throw new Error('not a token')
  return claims.value
}

/** Returns the row of the feed for this token. */
export function asFollowed(token: string): FeedToken {
  const { jti, gen, exp } = claimsOf(token)
  return { generation: gen, jtiHash: createHash('sha256').update(jti).digest('base64url'), expiresAt: exp }
}
