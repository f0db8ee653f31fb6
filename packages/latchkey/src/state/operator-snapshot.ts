// The operators, their sessions and the set-up links in memory. All of these are one snapshot, because most changes
// affect several of them.
import type { OperatorState } from '../domain/operator-change.ts'
import type { Operator } from '../domain/operator.ts'
import type { Session } from '../domain/session.ts'
import type { SetUpLink } from '../domain/set-up-link.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { linkDelete, operatorWrite, readLink, readOperator, readSession } from '../rows/operator-rows.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { Snapshot } from './snapshot.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

export type OperatorSnapshot = Snapshot<OperatorState>

export const loadOperators = (disk: Disk, macs: RowMacs): Promise<OperatorSnapshot> =>
  Snapshot.load('people', async () => ({
    operators: (await disk.read('operators')).map((row) => macs.checked('operator', readOperator(row), row)),
    sessions: byHash((await disk.read('sessions')).map((row) => macs.checked('session', readSession(row), row))),
    links: (await disk.read('set_up_links')).map((row) => macs.checked('set_up_link', readLink(row), row)),
  }))

export const byHash = (sessions: readonly Session[]): ReadonlyMap<string, Session> =>
  new Map(sessions.map((session) => [session.hash, session]))

/** The operators, sessions and links with the staged changes of a batch, and methods that stage further changes. */
export class StagedOperators {
  readonly #batch: StagedBatch
  readonly #snapshot: OperatorSnapshot

  constructor(batch: StagedBatch, snapshot: OperatorSnapshot) {
    this.#batch = batch
    this.#snapshot = snapshot
  }

  get state(): OperatorState {
    return this.#batch.get(this.#snapshot)
  }

  find(id: string): Operator | undefined {
    return this.state.operators.find((operator) => operator.id === id)
  }

  /** Replaces the operator with the same id, or adds a new operator at the end. */
  putOperator(operator: Operator): void {
    const { operators } = this.state
    const isKnown = operators.some(({ id }) => id === operator.id)
    const after = isKnown
      ? operators.map((other) => (other.id === operator.id ? operator : other))
      : [...operators, operator]
    this.#put({ operators: after }, operatorWrite(operator))
    this.#batch.seal('operator', operator)
  }

  removeOperator(id: string): void {
    const operators = this.state.operators.filter((other) => other.id !== id)
    this.#put({ operators }, ['delete_operator', id])
  }

  removeSessions(isOver: (session: Session) => boolean): void {
    const all = [...this.state.sessions.values()]
    const over = all.filter(isOver)
    if (over.length === 0) return
    const sessions = byHash(all.filter((session) => !over.includes(session)))
    this.#put({ sessions }, ...over.map(({ id }): Write => ['delete_session', id]))
  }

  putSession(session: Session, write: Write): void {
    this.#put({ sessions: byHash([...this.state.sessions.values(), session]) }, write)
    this.#batch.seal('session', session)
  }

  removeLinks(isOver: (link: SetUpLink) => boolean): void {
    const over = this.state.links.filter(isOver)
    if (over.length === 0) return
    this.#put({ links: this.state.links.filter((link) => !over.includes(link)) }, ...over.map(linkDelete))
  }

  putLink(link: SetUpLink, write: Write): void {
    this.#put({ links: [...this.state.links, link] }, write)
    this.#batch.seal('set_up_link', link)
  }

  #put(part: Partial<OperatorState>, ...writes: readonly Write[]): void {
    this.#batch.put(this.#snapshot, { ...this.state, ...part }, ...writes)
  }
}
