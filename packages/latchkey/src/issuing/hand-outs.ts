// Who was handed a token that another request had made. With a stolen secret, a conditional request shares the live token
// instead of ending it, so the owner sees the thief here. The sources are added to the issuance history of the slot.
import { accept, type Scope } from '@latchkey/protocol'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import type { RecordedToken } from '../domain/slot.ts'
import type { IssueAttempt } from '../ports/slots.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { encodeHistory, type HistoryEntry, type Requester } from '../rows/issuance-history.ts'
import { number, text } from '../rows/rows.ts'
import { MAX_REQUESTERS, requestersOf } from './history-write.ts'

/** The time from a hand-out to a new source until it is in the history. */
const FLUSH_MILLISECONDS = 2000
/** The largest number of histories that one commit changes. */
const MOST_AT_ONCE = 100
/** The largest number of tokens whose sources are known. The token whose first hand-out is oldest is forgotten first. */
const MOST_TOKENS = 10_000
/** The largest number of sources of a token that are compared with its history. Later ones are not looked at. */
const MOST_SOURCES = 32
/** After this many rounds in which other commits changed the history first, its new sources are given up. */
const MOST_ROUNDS = 5

/** A token that was handed to a source which did not request its issuance. */
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

/** The hand-outs of one token. */
interface Shared extends HandedOut {
  readonly clientId: string
  /** The sources by their key. True once the history names the source, or cannot name it. */
  readonly sources: Map<string, { readonly source: Requester; isDone: boolean; isTold: boolean }>
  /** The number of rounds that looked at the history for sources which are not done. */
  rounds: number
}

export interface HandOutsParts {
  readonly disk: Pick<Disk, 'read'>
  readonly queue: CommitQueue
  /** Called once for each source that the history did not name. */
  readonly onShared: (shared: SharedToken) => void
  readonly flushMilliseconds?: number
}

export class HandOuts {
  readonly #parts: HandOutsParts
  /** By slot. Each slot has one live token. */
  readonly #shared = new Map<number, Shared>()
  /** The tokens with sources that are not in the history yet. */
  readonly #waiting = new Set<Shared>()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: HandOutsParts) {
    this.#parts = parts
  }

  /** Notes that these requests got the token. Returns at once. A source that is known costs two lookups. */
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

  /** Writes all sources now. Never rejects. Sources that cannot be written now are written later. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      const waiting = [...this.#waiting]
      for (let from = 0; from < waiting.length; from += MOST_AT_ONCE) {
        await this.#round(waiting.slice(from, from + MOST_AT_ONCE))
      }
    } catch {
      // The store cannot be read or accepts no writes now, so the sources stay in memory.
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

  /** A history may change between the read and the write. So a later round reads it again, and ends the wait. */
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

  /** Returns the history with the new sources of the token. Returns `entries` itself if there is nothing to add. */
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

/** Returns the key of a source, whether the token was made for it or handed to it. */
const keyOf = ([address, userAgent, credentialId, subject]: Requester): string =>
  [address, userAgent, credentialId, ...(typeof subject === 'string' ? [subject] : [])].join('\n')

const handedTo = ([address, userAgent, credentialId, subject]: Requester): Requester => [
  ...([address, userAgent, credentialId] as const),
  subject ?? null,
  'handed_to',
]
