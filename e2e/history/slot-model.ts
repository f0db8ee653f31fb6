// The rule of one live token for each slot (a pair of integration and scope), as a state machine: which answers are
// possible in each state of a slot.
import type { Act, Verdict } from './operation.ts'

export interface SlotState {
  readonly status: 'open' | 'disabled' | 'deleted'
  /** The `jti` of the live token. `?` stands for a token that no client received. */
  readonly live: string | undefined
  /** The `jti` of the token that was revoked last, by its client or because the integration was disabled. */
  readonly revoked: string | undefined
  /** The generation (token number in this slot) of the last token that a client received. */
  readonly generation: number
}

export const NEW_SLOT: SlotState = { status: 'open', live: undefined, revoked: undefined, generation: 0 }

/** Returns the state after the action. Undefined if this answer is impossible in this state. */
export function step(state: SlotState, act: Act): SlotState | undefined {
  switch (act.kind) {
    case 'issue':
      return state.status === 'open' && act.generation > state.generation
        ? { ...state, live: act.jti, generation: act.generation }
        : undefined
    case 'issue_unanswered':
      if (state.status !== 'open') return undefined
      return state.live === '?' ? state : { ...state, live: '?' }
    case 'issue_refused':
    case 'revoke_refused':
      return state.status === 'open' ? undefined : state
    case 'check':
      return isTrue(act.verdict, state, act.jti) ? state : undefined
    case 'revoke':
    case 'revoke_unanswered':
      return state.live === act.jti ? { ...state, live: undefined, revoked: act.jti } : state
    case 'disable':
    case 'enable':
    case 'delete':
      return change(state, act.kind)
    case 'change_unanswered':
      return change(state, act.change)
  }
}

function change(state: SlotState, kind: 'disable' | 'enable' | 'delete'): SlotState | undefined {
  if (state.status === 'deleted') return undefined
  if (kind === 'enable') return { ...state, status: 'open' }
  const status = kind === 'delete' ? 'deleted' : 'disabled'
  return { ...state, status, live: undefined, revoked: state.live ?? state.revoked }
}

function isTrue(verdict: Verdict, { status, live, revoked }: SlotState, jti: string): boolean {
  switch (verdict) {
    case 'live':
      return live === jti
    case 'not_live':
      return live !== jti
    case 'superseded':
      return status === 'open' && live !== jti && revoked !== jti
    case 'revoked':
      return status === 'open' && live !== jti && revoked === jti
    case 'integration_disabled':
      return status === 'disabled'
    // The tests check only tokens that the server issued. The server knows them until their integration is deleted.
    case 'unknown':
      return status === 'deleted'
  }
}
