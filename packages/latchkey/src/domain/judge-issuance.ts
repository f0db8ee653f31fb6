// What becomes of a token request as its batch closes: the one rule that decides whether the old token dies.
import type { Scope } from '@latchkey/protocol'
import { admit, type AuthenticatedClient } from './admission.ts'
import type { EarlierAttempt } from './earlier-attempt.ts'
import type { Integration, IntegrationState } from './integration.ts'
import { tokenToReuse } from './issue-mode.ts'
import type { IssueRefusal } from './refusal.ts'
import type { EpochSeconds, Generation, RecordedToken, Slot } from './slot.ts'

/** Milliseconds in which a request gets its token. Later the `expires_in` of the token would no longer be true. */
const ANSWER_WITHIN = 5000

/** A request of an authenticated client that waits for its token. */
export interface PendingRequest {
  readonly client: AuthenticatedClient
  readonly scope: Scope
  readonly requester: { readonly address: string }
  /** Monotonic milliseconds. */
  readonly askedAt: number
  /**
   * The slot's generation as it was read from the store after the request had come. A live token of a later generation
   * was made while the request waited: it answers the request as well as one of its own. Undefined if memory alone was
   * asked, which may be behind a store that other servers write to.
   */
  readonly readGeneration: Generation | undefined
}

export interface Circumstances {
  /** The token that was signed for the request. */
  readonly signed: RecordedToken
  /** The key that signed it signs no more. */
  readonly keyHasStopped: boolean
  readonly earlier: EarlierAttempt
  /** The integration by which the earlier attempt was judged. */
  readonly judgedBy: Integration | undefined
  /** The scope's audience today. Undefined if there is no such scope any more. */
  readonly audience: string | undefined
  readonly now: EpochSeconds
  /** Monotonic milliseconds. */
  readonly monotonic: number
}

/**
 * - `issue`: the signed token supersedes what is in the slot.
 * - `hand_out`: an earlier attempt has put the signed token in the slot, and it is still the live one.
 * - `reuse`: in stable mode the live token answers: its recorded claims, signed with today's key.
 * - `adopt`: a token that was made while the request waited answers, in the same way.
 * - `sign_again`: the slot moved on, its audience changed or the key stopped: another token is signed for the request.
 * - `refuse`: the client may not have a token of this scope (any more). Nothing changes.
 * - `too_late`: the request waited too long for its token. Nothing changes.
 * - `ended`: the token was stored, and ended before it could be handed out.
 */
export type Judgement =
  | { readonly kind: 'issue' | 'hand_out' | 'sign_again'; readonly slot: Slot }
  | { readonly kind: 'reuse' | 'adopt'; readonly slot: Slot; readonly live: RecordedToken }
  | { readonly kind: 'refuse'; readonly refusal: IssueRefusal }
  | { readonly kind: 'too_late' | 'ended' }

/** True if the request has waited too long to be handed a token. `monotonic` is in milliseconds. */
export const isTooLate = ({ askedAt }: PendingRequest, monotonic: number): boolean =>
  monotonic - askedAt > ANSWER_WITHIN

/** `state` is the integration as the batch leaves it so far. The first line that applies decides. */
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
  // With a lower generation the slot in memory is older than the stored token. Then the compare-and-set of the commit fails,
  // and reads the present slot.
  if (earlier === 'stored' && slot.generation >= signed.generation) return judgeStored(slot, circumstances)
  const live = tokenToReuse(state.integration.mode, slot, audience, now)
  if (live !== undefined) return { kind: 'reuse', slot, live }
  if (earlier !== 'none' && isLaterToken(slot.live, request, circumstances)) {
    return { kind: 'adopt', slot, live: slot.live }
  }
  if (signed.generation <= slot.generation || signed.audience !== audience || circumstances.keyHasStopped) {
    return { kind: 'sign_again', slot }
  }
  return { kind: 'issue', slot }
}

/**
 * A refused request changes nothing. This one has, or may yet: a commit without an answer is surely void only once the
 * integration has changed.
 */
const mayHaveChanged = (state: IntegrationState | undefined, { earlier, judgedBy }: Circumstances): boolean =>
  earlier === 'stored' || (earlier === 'unknown' && state?.integration === judgedBy)

/**
 * The request has had its effect. A token behind its own came while it waited. Where its own was ended, a second one would
 * end what others did since.
 */
function judgeStored(slot: Slot, { signed, keyHasStopped }: Circumstances): Judgement {
  const { live } = slot
  if (live === undefined) return { kind: 'ended' }
  return live.jti === signed.jti && !keyHasStopped ? { kind: 'hand_out', slot } : { kind: 'adopt', slot, live }
}

const isLaterToken = (
  live: RecordedToken | undefined,
  { readGeneration = Infinity }: PendingRequest,
  { audience, now }: Circumstances,
): live is RecordedToken =>
  live !== undefined && live.audience === audience && now < live.expiresAt && live.generation > readGeneration
