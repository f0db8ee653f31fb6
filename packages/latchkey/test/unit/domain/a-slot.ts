// Slots (the state of one client and scope), recorded tokens and presented claims, for tests of the rules about them.
import { type AccessTokenClaims, accessTokenClaims } from '@latchkey/protocol'
import { PREDICT } from '../../../src/domain/reference-catalog.ts'
import { emptySlot, type RecordedToken, type Slot, supersede } from '../../../src/domain/slot.ts'

export const AUDIENCE = 'api://default'
export const NOW = 1_800_000_000
export const LIFETIME = 3600

export const aToken = (generation: number, issuedAt = NOW): RecordedToken => ({
  generation,
  jti: `00000000-0000-4000-8000-${String(generation).padStart(12, '0')}`,
  issuedAt,
  expiresAt: issuedAt + LIFETIME,
  audience: AUDIENCE,
})

/** Returns the claims of a token that was signed from this record. */
export const claimsOf = (token: RecordedToken, scope = PREDICT): AccessTokenClaims =>
  accessTokenClaims({
    issuer: 'https://auth.example.com/oauth2/main',
    clientId: 'lk0123456789abcd',
    scope,
    audience: token.audience,
    jti: token.jti,
    generation: token.generation,
    issuedAt: token.issuedAt,
    expiresAt: token.expiresAt,
  })

export const openSlot = (): Slot => emptySlot(1, PREDICT, true)

/** Returns an open slot that got tokens with these generations one after the other, all at `NOW`. */
export const slotAfter = (generations: readonly number[], graceSeconds = 0): Slot =>
  generations.reduce((slot, generation) => supersede(slot, aToken(generation), graceSeconds, NOW), openSlot())
