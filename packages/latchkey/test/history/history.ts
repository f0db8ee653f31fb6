// The operations of clients and operators on one integration and scope (a slot), and their answers, timed by one
// logical clock.
import type { PresentedUse } from '../../src/domain/replay-window.ts'

/** Changes of the integration. */
export type IntegrationAct = 'disable' | 'enable' | 'remove_scope' | 'grant_scope'
/** Changes of the scope itself, for all its integrations. */
export type ScopeAct = 'delete_scope' | 'make_scope' | 'move_audience'

/** An assertion: its claim `jti`, and the other values that the server reads from it. */
export interface Presented extends PresentedUse {
  readonly jti: string
}

export type Act =
  /**
   * `presented`: the assertion of a client that has no secret. `replaces`: the generation (version number) of the token
   * that the request names as the one to replace.
   */
  | { readonly kind: 'issue'; readonly presented?: Presented | undefined; readonly replaces?: number | undefined }
  /** The recording of an assertion as used, as an operation apart from the token that the request gets. */
  | { readonly kind: 'use'; readonly presented: Presented }
  | { readonly kind: 'check'; readonly jti: string }
  | { readonly kind: 'revoke'; readonly jti: string }
  | { readonly kind: IntegrationAct | ScopeAct }
  /** An operator replaces the store with a backup. `at`: the time of the restore. */
  | { readonly kind: 'restore'; readonly at: number }

export type Outcome =
  /** A new token. Several requests may get the same token. */
  | { readonly kind: 'issued'; readonly jti: string; readonly generation: number }
  /** The new token of another request. The server issued it while this request waited. */
  | { readonly kind: 'adopted'; readonly jti: string; readonly generation: number }
  /** The live token again: in stable mode, or because the request named another token as the one to replace. */
  | { readonly kind: 'reused'; readonly jti: string; readonly generation: number }
  | { readonly kind: 'refused' }
  /** The assertion was used before. */
  | { readonly kind: 'replayed' }
  /**
   * The server cannot know whether the assertion was used before. `latest`: the latest time that a clock has shown so
   * far.
   */
  | { readonly kind: 'undecided'; readonly because: 'crowded' | 'history_lost'; readonly latest: number }
  | { readonly kind: 'live' | 'dead' }
  | { readonly kind: 'done' }
  /**
   * The caller got 503, or the process died before it answered. The operation may have taken effect at any later time,
   * or may never take effect.
   */
  | { readonly kind: 'unanswered'; readonly cause: string }

export interface Operation {
  readonly act: Act
  /** The index of the replica that got the request. Undefined if there is only one server. */
  readonly replica?: number | undefined
  readonly requested: number
  /** The logical time of the answer. Infinity if there was none. */
  readonly answered: number
  readonly outcome: Outcome
}

/** An event that is not an operation, such as a fault. It only helps the reader of a printed history. */
export interface Note {
  readonly at: number
  readonly text: string
}

/** Records operations when they begin and when they are answered. */
export class Recorder {
  readonly operations: Operation[] = []
  readonly notes: Note[] = []
  #now = 0

  /** Runs `ask`. A rejection counts as a missing answer. */
  async record(act: Act, ask: () => Promise<Outcome>, replica?: number): Promise<Outcome> {
    const begun = { act, replica, requested: ++this.#now, answered: Number.POSITIVE_INFINITY }
    const index = this.operations.push({ ...begun, outcome: { kind: 'unanswered', cause: 'not yet answered' } }) - 1
    const outcome = await ask().catch((cause: unknown): Outcome => ({ kind: 'unanswered', cause: String(cause) }))
    const now = ++this.#now
    if (outcome.kind === 'unanswered') this.notes.push({ at: now, text: `operation ${String(begun.requested)} failed` })
    const answered = outcome.kind === 'unanswered' ? begun.answered : now
    this.operations[index] = { ...begun, answered, outcome }
    return outcome
  }

  note(text: string): void {
    this.notes.push({ at: ++this.#now, text })
  }
}
