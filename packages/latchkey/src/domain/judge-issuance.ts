// Decides the outcome of a token request just before its batch is committed. Only this code decides whether a new token
// supersedes the live token.
import type { Scope } from '@latchkey/protocol'
import { admit, type AuthenticatedClient } from './admission.ts'
import type { EarlierAttempt } from './earlier-attempt.ts'
import { heededCondition, type Integration, type IntegrationState } from './integration.ts'
import { tokenToReuse } from './issue-mode.ts'
import type { IssueRefusal } from './refusal.ts'
import type { EpochSeconds, Generation, RecordedToken, Slot } from './slot.ts'

/**
 * The longest time from the arrival of a request to its decision, in milliseconds. In a later answer, `expires_in`
 * would be wrong.
 */
const ANSWER_WITHIN = 5000

/** A token request of an authenticated client. The server has not answered the request yet. */
export interface PendingRequest {
  readonly client: AuthenticatedClient
  readonly scope: Scope
  readonly requester: { readonly address: string }
  /** The generation of the token that a conditional request replaces. Undefined for an unconditional request. */
  readonly replaces: Generation | undefined
  /** When the request arrived, in milliseconds of the monotonic clock. */
  readonly askedAt: number
  /**
   * The generation of the slot, read from the store after the request arrived. A live token with a higher generation
   * was issued while the request waited, so it may answer the request. Undefined if the server read the slot only from
   * its memory, which may be out of date because other servers write to the same store.
   */
  readonly readGeneration: Generation | undefined
}

export interface Circumstances {
  /** The token that was signed for the request. */
  readonly signed: RecordedToken
  /** True if the key that signed the token is no longer the signing key. */
  readonly keyHasStopped: boolean
  readonly earlier: EarlierAttempt
  /**
   * The integration on which the decision of the earlier attempt was based. Undefined if there was no earlier attempt.
   */
  readonly judgedBy: Integration | undefined
  /** The scope's present audience. Undefined if the scope was deleted. */
  readonly audience: string | undefined
  readonly now: EpochSeconds
  /** The present time on the monotonic clock, in milliseconds. */
  readonly monotonic: number
}

/**
 * - `issue`: the signed token supersedes the token in the slot.
 * - `hand_out`: an earlier attempt put the signed token in the slot, and the token is still live.
 * - `reuse`: the live token answers the request, in stable mode or because the request does not name the live token.
 *   Its recorded claims are signed again with the present key.
 * - `adopt`: the live token was issued while the request waited, and answers the request. Its claims are signed again,
 *   as for `reuse`.
 * - `sign_again`: the signed token cannot be used, because the slot, its audience or the signing key has changed. The
 *   server signs another token.
 * - `refuse`: the client may not have a token of this scope. Nothing changes.
 * - `too_late`: the request waited too long. Nothing changes.
 * - `ended`: the token was stored (or may have been stored), but ended before the server could return it.
 */
export type Judgement =
  | { readonly kind: 'issue' | 'hand_out' | 'sign_again'; readonly slot: Slot }
  | { readonly kind: 'reuse' | 'adopt'; readonly slot: Slot; readonly live: RecordedToken }
  | { readonly kind: 'refuse'; readonly refusal: IssueRefusal }
  | { readonly kind: 'too_late' | 'ended' }

/** Returns true if the request has waited too long for a token. `monotonic` is in milliseconds. */
export const isTooLate = ({ askedAt }: PendingRequest, monotonic: number): boolean =>
  monotonic - askedAt > ANSWER_WITHIN

/**
 * Decides the outcome of a request. `state` is the integration with the changes of the batch so far. The first rule
 * that applies decides.
 */
export function judgeIssuance(
  state: IntegrationState | undefined,
  request: PendingRequest,
  circumstances: Circumstances,
): Judgement {
  const { signed, earlier, audience, now, monotonic } = circumstances
  if (isTooLate(request, monotonic)) return { kind: 'too_late' }
  const admitted = admit(state, request, now)
  if (!admitted.ok || state === undefined) {
    if (mayHaveChanged(state, circumstances)) return { kind: 'ended' }
    const { clientId } = request.client
    return { kind: 'refuse', refusal: admitted.ok ? { reason: 'unknown_client', clientId } : admitted.refusal }
  }
  if (audience === undefined) {
    return { kind: 'refuse', refusal: { reason: 'scope_unknown', clientId: request.client.clientId } }
  }
  const slot = admitted.value
  const replaces = heededCondition(state.integration, request.replaces)
  // If the slot in memory has a lower generation than the stored token, the memory is out of date. The compare-and-set
  // of the commit then fails, and the server reads the slot again.
  if (earlier === 'stored' && slot.generation >= signed.generation) return judgeStored(slot, replaces, circumstances)
  const live = tokenToReuse(slot, { mode: state.integration.mode, replaces, audience, now })
  if (live !== undefined) return { kind: 'reuse', slot, live }
  if (earlier !== 'none' && isLaterToken(slot.live, { ...request, replaces }, circumstances)) {
    return { kind: 'adopt', slot, live: slot.live }
  }
  // A client may name a generation that no token has yet. The new token must have a different generation.
  const isNamed = signed.generation === replaces
  if (isNamed || signed.generation <= slot.generation || signed.audience !== audience || circumstances.keyHasStopped) {
    return { kind: 'sign_again', slot }
  }
  return { kind: 'issue', slot }
}

/**
 * Returns true if an earlier attempt has changed the store or may still change it. The server then cannot refuse the
 * request, because a refusal promises that nothing changed. If the integration has changed since, a commit with an
 * unknown outcome can no longer take effect.
 */
const mayHaveChanged = (state: IntegrationState | undefined, { earlier, judgedBy }: Circumstances): boolean =>
  earlier === 'stored' || (earlier === 'unknown' && state?.integration === judgedBy)

/**
 * Decides the outcome of a request whose token was stored. If a later token is live, that token was issued while the
 * request waited, so it answers the request. If no token is live, a change has ended the request's token, and a second
 * token would undo that change.
 */
function judgeStored(
  slot: Slot,
  replaces: Generation | undefined,
  { signed, keyHasStopped }: Circumstances,
): Judgement {
  const { live } = slot
  if (live === undefined || live.generation === replaces) return { kind: 'ended' }
  return live.jti === signed.jti && !keyHasStopped ? { kind: 'hand_out', slot } : { kind: 'adopt', slot, live }
}

const isLaterToken = (
  live: RecordedToken | undefined,
  { readGeneration = Infinity, replaces }: Pick<PendingRequest, 'readGeneration' | 'replaces'>,
  { audience, now }: Circumstances,
): live is RecordedToken =>
  live !== undefined &&
  live.generation !== replaces &&
  live.audience === audience &&
  now < live.expiresAt &&
  live.generation > readGeneration
