// Records the callers that got a live token which another request had made, and adds them to the token's entry in the
// issuance history. A thief with a stolen secret can name another token to replace, and then gets the live token
// without ending it. So operators can see the thief only by this record. A `source` is such a caller: its address,
// User-Agent, credential and workload.
import { accept, type Scope } from '@latchkey/protocol'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { RecordedToken } from '../domain/slot.ts'
import type { IssueAttempt } from '../ports/slots.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { encodeHistory, type HistoryEntry, type Requester } from '../rows/issuance-history.ts'
import { number, text } from '../rows/rows.ts'
import { MAX_REQUESTERS, requestersOf } from './history-write.ts'

/** The time between an answer to a new caller and the write of this caller to the history. */
const FLUSH_MILLISECONDS = 2000
/** The largest number of histories that one commit changes. */
const MOST_AT_ONCE = 100
/**
 * The largest number of tokens whose callers are in memory. At the limit, the token that was shared first is dropped.
 */
const MOST_TOKENS = 10_000
/** The largest number of callers of a token that are compared with its history. Further callers are ignored. */
const MOST_SOURCES = 32
/**
 * The largest number of attempts to write the callers of a token. An attempt fails if another commit changes the
 * history first.
 */
const MOST_ROUNDS = 5

/** A token, and a caller that got the token although its request did not cause the issuance. */
export interface SharedToken {
  readonly clientId: string
  readonly scope: Scope
  readonly jti: string
  readonly generation: number
  readonly source: Requester
}

interface HandedOut {
  readonly slotId: number
  readonly scope: Scope
  readonly token: RecordedToken
}

/** One token, and the callers that got it later. */
interface Shared extends HandedOut {
  readonly clientId: string
  /**
   * The callers by `keyOf`. `isDone`: the history names the caller, or has no room or no entry for it. `isTold`:
   * `onShared` was called.
   */
  readonly sources: Map<string, { readonly source: Requester; isDone: boolean; isTold: boolean }>
  /** The number of attempts to write the callers that are not done. */
  rounds: number
}

export interface HandOutsParts {
  readonly disk: Pick<Disk, 'read'>
  readonly queue: CommitQueue
  /** Called once for each caller that the history did not name. */
  readonly onShared: (shared: SharedToken) => void
  readonly flushMilliseconds?: number
}

export class HandOuts {
  readonly #parts: HandOutsParts
  /** The shared token of each slot (an integration with a scope), by slot id. A slot has one live token. */
  readonly #shared = new Map<number, Shared>()
  /** The tokens with callers that are not in the history yet. */
  readonly #waiting = new Set<Shared>()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: HandOutsParts) {
    this.#parts = parts
  }

  /** Notes that the callers of these requests got the token. Returns at once. A known caller costs two lookups. */
  note(handedOut: HandedOut, attempts: readonly IssueAttempt[]): void {
    const shared = this.#sharedOf(handedOut, attempts)
    for (const source of requestersOf(attempts)) {
      const key = source.join('\n')
      if (shared.sources.has(key) || shared.sources.size >= MOST_SOURCES) continue
      shared.sources.set(key, { source, isDone: false, isTold: false })
      shared.rounds = 0
      this.#waiting.add(shared)
    }
    if (this.#waiting.size > 0) this.#flushLater()
  }

  /** Writes all callers to the history now. Never rejects. Callers that cannot be written now are written later. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      const waiting = [...this.#waiting]
      for (let from = 0; from < waiting.length; from += MOST_AT_ONCE) {
        await this.#round(waiting.slice(from, from + MOST_AT_ONCE))
      }
    } catch {
      // The store cannot be read or accepts no writes now, so the callers stay in memory.
    }
    if (this.#waiting.size > 0) this.#flushLater()
  }

  #sharedOf({ slotId, scope, token }: HandedOut, attempts: readonly IssueAttempt[]): Shared {
    const known = this.#shared.get(slotId)
    if (known?.token.jti === token.jti) return known
    const clientId = attempts[0]?.client.clientId ?? ''
    const shared: Shared = { slotId, scope, token, clientId, sources: new Map(), rounds: 0 }
    this.#shared.delete(slotId)
    if (this.#shared.size >= MOST_TOKENS) {
      const [oldest] = this.#shared.keys()
      if (oldest !== undefined) this.#shared.delete(oldest)
    }
    this.#shared.set(slotId, shared)
    return shared
  }

  /**
   * Writes the callers of these tokens. Another commit may change a history between the read and the write, so a token
   * stays in `#waiting` until a later call has read the history again and found nothing to add.
   */
  async #round(round: readonly Shared[]): Promise<void> {
    const writes: Write[] = []
    for (const shared of round) {
      const entries = await this.#historyOf(shared.slotId)
      const amended = this.#amend(shared, entries)
      if (amended === entries || ++shared.rounds > MOST_ROUNDS) this.#waiting.delete(shared)
      else writes.push(['replace_history', encodeHistory(amended), shared.slotId, encodeHistory(entries)])
    }
    if (writes.length === 0) return
    await configure(this.#parts.queue, (batch) => accept(batch.writes.push(...writes)))
  }

  async #historyOf(slotId: number): Promise<readonly HistoryEntry[]> {
    const rows = await this.#parts.disk.read('history', slotId)
    return rows.map((row) => ({
      generation: number(row, 'generation'),
      jti: text(row, 'jti'),
      issuedAt: number(row, 'issued_at'),
      requests: number(row, 'requests'),
      requesters: text(row, 'requesters'),
    }))
  }

  /** Returns the history with the new callers of the token. Returns `entries` itself if there is nothing to add. */
  #amend(shared: Shared, entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
    const entry = entries.find(({ jti }) => jti === shared.token.jti)
    const listed = entry === undefined ? [] : (JSON.parse(entry.requesters) as readonly Requester[])
    const named = new Set(listed.map(keyOf))
    const added: Requester[] = []
    for (const [key, noted] of shared.sources) {
      if (noted.isDone) continue
      const isNamed = named.has(key)
      noted.isDone = isNamed || entry === undefined || listed.length + added.length >= MAX_REQUESTERS
      if (!isNamed) this.#tell(shared, noted)
      if (!noted.isDone) added.push(handedTo(noted.source))
    }
    if (added.length === 0) return entries
    const requesters = JSON.stringify([...listed, ...added])
    return entries.map((other) => (other === entry ? { ...other, requesters } : other))
  }

  #tell({ clientId, scope, token }: Shared, noted: { readonly source: Requester; isTold: boolean }): void {
    if (noted.isTold) return
    noted.isTold = true
    const { jti, generation } = token
    this.#parts.onShared({ clientId, scope, jti, generation, source: noted.source })
  }

  #flushLater(): void {
    const { flushMilliseconds = FLUSH_MILLISECONDS } = this.#parts
    this.#timer ??= setTimeout(() => void this.flush(), flushMilliseconds).unref()
  }
}

/** Returns the key of a caller. The key is the same whether the token was made for the caller or shared with it. */
const keyOf = ([address, userAgent, credentialId, subject]: Requester): string =>
  [address, userAgent, credentialId, ...(typeof subject === 'string' ? [subject] : [])].join('\n')

const handedTo = ([address, userAgent, credentialId, subject]: Requester): Requester => [
  ...([address, userAgent, credentialId] as const),
  subject ?? null,
  'handed_to',
]
