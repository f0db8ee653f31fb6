// A slot is the pair of integration and scope, with at most one live token. Every function here returns a new slot.
import type { AccessTokenClaims, Scope } from '@latchkey/protocol'

/** Whole seconds since the epoch (RFC 7519 NumericDate). */
export type EpochSeconds = number

/** Orders the tokens of a slot. It grows with every change of the slot. Gaps are normal. */
export type Generation = number

/**
 * The claims of a token that the server stores. A presented token must have the same claims. The text of the token is
 * not stored.
 */
export interface RecordedToken {
  readonly generation: Generation
  readonly jti: string
  readonly issuedAt: EpochSeconds
  readonly expiresAt: EpochSeconds
  readonly audience: string
}

/** The token before the live one. With grace it is accepted until `until`. */
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
  /** The generation of the slot's last change. */
  readonly generation: Generation
  /** The number of issuances so far. */
  readonly issuances: number
  readonly live: RecordedToken | undefined
  readonly predecessor: Predecessor | undefined
  /** The generation of the last revoked token. 0 if no token was revoked. */
  readonly revokedGeneration: Generation
  /** The generation of the token that the live token superseded. 0 if it superseded none. */
  readonly supersededGeneration: Generation
  /**
   * The highest generation of a token that this process has seen after its expiry. Such tokens stay ended even if the
   * wall clock is set back. Not stored.
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
 * Puts a newer token in the slot. With grace, the previous token is accepted until `now + graceSeconds`. Checks use the
 * old slot until the batch with the returned slot is published.
 */
export function supersede(slot: Slot, token: RecordedToken, graceSeconds: number, now: EpochSeconds): Slot {
  const before = slot.live
  // The predecessor that was in grace until now loses its grace, so that at most two tokens are accepted.
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
 * Empties the slot if `jti` is its live token. Ends only the predecessor if `jti` is the predecessor. Undefined for any
 * other `jti`, so that a late revocation never ends a newer token (RFC 7009 §2.1).
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

/** Closes the slot of an integration that was disabled or lost the scope: it has no live token and gets none. */
export const close = (slot: Slot, granted: boolean, generation: Generation): Slot => ({
  ...empty(slot, generation),
  granted,
  open: false,
})

/** Opens the slot of an integration that was enabled or got the scope back. Older tokens stay ended. */
export const reopen = (slot: Slot): Slot => ({ ...slot, granted: true, open: true })

/**
 * Records that a token was seen after its expiry or grace, so that it stays ended even if the wall clock is set back.
 */
export const markEnded = (slot: Slot, generation: Generation): Slot => ({
  ...slot,
  endedGeneration: Math.max(slot.endedGeneration, generation),
})

/**
 * Returns true if the claims of the presented token equal the recorded ones. The caller found the slot by client_id and
 * scope.
 */
export const sameToken = (recorded: RecordedToken, presented: AccessTokenClaims): boolean =>
  recorded.jti === presented.jti &&
  recorded.generation === presented.gen &&
  recorded.issuedAt === presented.iat &&
  recorded.expiresAt === presented.exp &&
  recorded.audience === presented.aud
