// A slot holds the tokens of one integration for one scope: at most one live token. Every function here returns a new
// slot and leaves its argument unchanged.
import type { AccessTokenClaims, Scope } from '@latchkey/protocol'

/** Whole seconds since the epoch (RFC 7519 NumericDate). */
export type EpochSeconds = number

/** A number that orders the tokens of a slot. It grows with every change of the slot. Gaps are normal. */
export type Generation = number

/**
 * The claims of a token that the server stores instead of the token itself. A presented token is accepted only if it
 * has the same claims.
 */
export interface RecordedToken {
  readonly generation: Generation
  readonly jti: string
  readonly issuedAt: EpochSeconds
  readonly expiresAt: EpochSeconds
  readonly audience: string
}

/** The token that the live token superseded. The server still accepts it until the end of its grace, `until`. */
export interface Predecessor {
  readonly token: RecordedToken
  readonly until: EpochSeconds
}

export interface Slot {
  readonly id: number
  readonly scope: Scope
  /** True if the integration may request this scope. */
  readonly granted: boolean
  /** True if the scope is granted and the integration is enabled. Only an open slot holds tokens. */
  readonly open: boolean
  /** The generation of the last change of the slot. */
  readonly generation: Generation
  /** The number of tokens that were issued in the slot so far. */
  readonly issuances: number
  readonly live: RecordedToken | undefined
  readonly predecessor: Predecessor | undefined
  /** The generation of the last revoked token. 0 if no token was revoked. */
  readonly revokedGeneration: Generation
  /** The generation of the token that the live token superseded. 0 if the live token superseded no token. */
  readonly supersededGeneration: Generation
  /**
   * The highest generation among the tokens that this process has seen after their expiry or grace. Tokens up to this
   * generation stay ended even if the wall clock is set back. This member is only in memory.
   */
  readonly endedGeneration: Generation
}

export const emptySlot = (id: number, scope: Scope, open: boolean): Slot => ({
  id,
  scope,
  granted: true,
  open,
  generation: 0,
  issuances: 0,
  live: undefined,
  predecessor: undefined,
  revokedGeneration: 0,
  supersededGeneration: 0,
  endedGeneration: 0,
})

/**
 * Puts a new token in the slot. The previous token is still accepted until `now + graceSeconds`. Token checks use the
 * old slot until the returned slot is committed.
 */
export function supersede(slot: Slot, token: RecordedToken, graceSeconds: number, now: EpochSeconds): Slot {
  const before = slot.live
  // The superseded token replaces an older predecessor that is still in grace, so that the server accepts at most two
  // tokens of a slot.
  const predecessor =
    before === undefined || graceSeconds === 0 ? undefined : { token: before, until: now + graceSeconds }
  return {
    ...slot,
    generation: token.generation,
    issuances: slot.issuances + 1,
    live: token,
    predecessor,
    supersededGeneration: before?.generation ?? 0,
  }
}

/**
 * Returns the slot without the token `jti`. If that token is the live token, its predecessor ends too. Undefined if
 * `jti` is neither the live token nor its predecessor, so that a late revocation never ends a newer token (RFC 7009
 * §2.1).
 */
export function revoke(slot: Slot, jti: string, generation: Generation): Slot | undefined {
  if (slot.live?.jti === jti) return empty(slot, generation)
  if (slot.predecessor?.token.jti !== jti) return undefined
  return { ...slot, generation, predecessor: undefined, revokedGeneration: slot.predecessor.token.generation }
}

/** Ends the live token and its predecessor. */
export const empty = (slot: Slot, generation: Generation): Slot => ({
  ...slot,
  generation,
  live: undefined,
  predecessor: undefined,
  revokedGeneration: slot.live?.generation ?? slot.revokedGeneration,
})

/**
 * Closes the slot because its integration was disabled or lost the scope. Its tokens end, and a closed slot gets no new
 * token.
 */
export const close = (slot: Slot, granted: boolean, generation: Generation): Slot => ({
  ...empty(slot, generation),
  granted,
  open: false,
})

/** Opens the slot because its integration was enabled or got the scope back. Earlier tokens stay ended. */
export const reopen = (slot: Slot): Slot => ({ ...slot, granted: true, open: true })

/**
 * Records that this process has seen a token after its expiry or grace, so that the token stays ended even if the wall
 * clock is set back.
 */
export const markEnded = (slot: Slot, generation: Generation): Slot => ({
  ...slot,
  endedGeneration: Math.max(slot.endedGeneration, generation),
})

/**
 * Returns true if the claims of the presented token equal the recorded claims. The claims `client_id` and `scope` are
 * not compared, because the caller has found the slot by them.
 */
export const sameToken = (recorded: RecordedToken, presented: AccessTokenClaims): boolean =>
  recorded.jti === presented.jti &&
  recorded.generation === presented.gen &&
  recorded.issuedAt === presented.iat &&
  recorded.expiresAt === presented.exp &&
  recorded.audience === presented.aud
