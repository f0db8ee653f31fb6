// The operations on one slot and their answers, on one logical clock.

/** Changes of the integration. */
export type IntegrationAct = 'disable' | 'enable' | 'remove_scope' | 'grant_scope'
/** Changes of the scope itself, for all its integrations. */
export type ScopeAct = 'delete_scope' | 'make_scope' | 'move_audience'

export type Act =
  | { readonly kind: 'issue' }
  | { readonly kind: 'check'; readonly jti: string }
  | { readonly kind: 'revoke'; readonly jti: string }
  | { readonly kind: IntegrationAct | ScopeAct }

export type Outcome =
  /** A new token. Several requests may get the same one. */
  | { readonly kind: 'issued'; readonly jti: string; readonly generation: number }
  /** The live token, returned again (stable mode). */
  | { readonly kind: 'reused'; readonly jti: string; readonly generation: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'live' | 'dead' }
  | { readonly kind: 'done' }
  /**
   * The caller got 503, or the process died before it answered. The operation may have taken effect at any later time,
   * or never.
   */
  | { readonly kind: 'unanswered' }

export interface Operation {
  readonly act: Act
  readonly requested: number
  /** The time of the answer. Infinity if there was none. */
  readonly answered: number
  readonly outcome: Outcome
}

/** Records operations when they begin and when they are answered. */
export class Recorder {
  readonly operations: Operation[] = []
  #now = 0

  /** Runs `ask`. A rejection counts as a missing answer. */
  async record(act: Act, ask: () => Promise<Outcome>): Promise<Outcome> {
    const requested = ++this.#now
    const pending = { act, requested, answered: Number.POSITIVE_INFINITY, outcome: { kind: 'unanswered' } as const }
    const index = this.operations.push(pending) - 1
    const outcome = await ask().catch((): Outcome => ({ kind: 'unanswered' }))
    if (outcome.kind === 'unanswered') return outcome
    this.operations[index] = { act, requested, answered: ++this.#now, outcome }
    return outcome
  }
}
