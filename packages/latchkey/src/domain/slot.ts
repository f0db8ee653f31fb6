// A slot, the pair of integration and scope: what may happen to the one token in it. Every function returns a new slot.
import type { AccessTokenClaims, Scope } from '@latchkey/protocol'

/** Whole seconds since the epoch (RFC 7519 NumericDate). */
export type EpochSeconds = number

/** Orders the tokens of a slot. Grows at every change of the slot; gaps are normal. */
export type Generation = number

/** The claims that decide whether a presented token is the recorded one. No bearer text is kept. */
export interface RecordedToken {
  readonly generation: Generation
  readonly jti: string
  readonly issuedAt: EpochSeconds
  readonly expiresAt: EpochSeconds
  readonly audience: string
}

/** The token before the live one, accepted until its deadline when the integration asks for grace. */
export interface Predecessor {
  readonly token: RecordedToken
  readonly until: EpochSeconds
}

export interface Slot {
  readonly id: number
  readonly scope: Scope
  /** The integration is allowed this scope. */
  readonly granted: boolean
  /** Granted, and the integration is enabled: only an open slot holds tokens. */
  readonly open: boolean
  /** The generation of the slot's last change. */
  readonly generation: Generation
  /** Issuances so far; its remainder by 16 is the next place in the ring. */
  readonly issuances: number
  readonly live: RecordedToken | undefined
  readonly predecessor: Predecessor | undefined
  /** The token last revoked; 0 when none was. */
  readonly revokedGeneration: Generation
  /** The token that the live one superseded; 0 when there was none. */
  readonly supersededGeneration: Generation
  /**
   * Tokens up to this generation were seen past their end by this process, and stay ended when the wall clock steps
   * back. Not stored.
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
 * Puts a newer token in the slot. With grace the token before it is accepted until `now + graceSeconds`. Pure: checks see
 * the old token until the batch with this slot is published.
 */
export function supersede(slot: Slot, token: RecordedToken, graceSeconds: number, now: EpochSeconds): Slot {
  const before = slot.live
  // A further issuance ends the elder's grace: at most two tokens are ever accepted.
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
 * Empties the slot if `jti` is its live token; ends only the predecessor if `jti` is that one; undefined when it is
 * neither, so that a late revocation never touches a newer token (RFC 7009 §2.1).
 */
export function revoke(slot: Slot, jti: string, generation: Generation): Slot | undefined {
  if (slot.live?.jti === jti) return empty(slot, generation)
  if (slot.predecessor?.token.jti !== jti) return undefined
  return { ...slot, generation, predecessor: undefined, revokedGeneration: slot.predecessor.token.generation }
}

/** Ends the live token and its predecessor by order of an operator. */
export const empty = (slot: Slot, generation: Generation): Slot => ({
  ...slot,
  generation,
  live: undefined,
  predecessor: undefined,
  revokedGeneration: slot.live?.generation ?? slot.revokedGeneration,
})

/** The integration was disabled or lost the scope: nothing is live, nothing can be issued. */
export const close = (slot: Slot, granted: boolean, generation: Generation): Slot => ({
  ...empty(slot, generation),
  granted,
  open: false,
})

/** The integration was enabled or got the scope back. What was live before stays dead. */
export const reopen = (slot: Slot): Slot => ({ ...slot, granted: true, open: true })

/** Remembers that a token was seen past its end (or past its grace), so that no clock step revives it. */
export const markEnded = (slot: Slot, generation: Generation): Slot => ({
  ...slot,
  endedGeneration: Math.max(slot.endedGeneration, generation),
})

/** Does the presented token say exactly what was recorded? The slot was found by client_id and scope. */
export const sameToken = (recorded: RecordedToken, presented: AccessTokenClaims): boolean =>
  recorded.jti === presented.jti &&
  recorded.generation === presented.gen &&
  recorded.issuedAt === presented.iat &&
  recorded.expiresAt === presented.exp &&
  recorded.audience === presented.aud
