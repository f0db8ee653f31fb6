// Reads the feed by its documented protocol, as a guard in another language would.
import { get, type IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import {
  EventStreamReader,
  type FeedEvent,
  type FeedSlot,
  LONGEST_FEED_MESSAGE,
  readFeedEvent,
  type StreamMessage,
} from '@latchkey/protocol'
import { onTestFinished } from 'vitest'

export interface FeedReaderOptions {
  readonly basic: string
  readonly cursor?: string
  readonly encoding?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface TestFeedReader {
  readonly answer: IncomingMessage
  /**
   * All events up to now, in order. An event without a cursor of its own has the cursor of the last earlier event with
   * a cursor.
   */
  readonly events: readonly (FeedEvent & { readonly cursor: string })[]
  /** The present state of each slot, by client and scope, from all rows that were read up to now. */
  readonly table: ReadonlyMap<string, FeedSlot>
  readonly cursor: string
  readonly isEnded: boolean
  names(): readonly string[]
  /**
   * Checks the condition after every event, and resolves when the condition is true. Rejects if the stream ends, or
   * after a time limit.
   */
  until(condition: () => boolean): Promise<void>
  /** Resolves with the first event of this name at the index or after it. */
  next(name: FeedEvent['name'], from?: number): Promise<FeedEvent>
  readonly ended: Promise<void>
  close(): void
}

const WITHIN_MS = 30_000

export const slotName = (clientId: string, scope: string): string => `${clientId} ${scope}`

export async function readFeed(issuer: string, options: FeedReaderOptions): Promise<TestFeedReader> {
  const { basic, cursor: from, encoding, headers: more } = options
  const headers = {
    authorization: basic,
    ...(from !== undefined && { 'last-event-id': from }),
    ...(encoding !== undefined && { 'accept-encoding': encoding }),
    ...more,
  }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${issuer}/v1/feed`, { headers, agent: false }, resolve).once('error', reject)
  })
  onTestFinished(() => {
    answer.destroy()
  })
  const events: (FeedEvent & { cursor: string })[] = []
  const table = new Map<string, FeedSlot>()
  const waiting = new Set<() => void>()
  let scopes: readonly string[] = []
  let cursor = from ?? ''
  let isEnded = false
  const take = (message: StreamMessage): void => {
    const event = readFeedEvent(message)
    if (typeof event === 'string') throw new Error(`${event} event: ${message.event} ${message.data}`)
    if (message.lastEventId !== '') cursor = message.lastEventId
    events.push({ ...event, cursor })
    if (event.name === 'hello') scopes = event.scopes
    if (event.name === 'reset') table.clear()
    if (event.name === 'slot' || event.name === 'slots') for (const row of event.rows) put(table, scopes, row)
  }
  const wake = (): void => {
    for (const look of waiting) look()
  }
  const ended = pump(answer, (message) => {
    take(message)
    wake()
  }).finally(() => {
    isEnded = true
    wake()
  })
  ended.catch(() => undefined)
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        settle(() => {
          reject(new Error(`not within ${String(WITHIN_MS)} ms; so far: ${events.map(({ name }) => name).join(' ')}`))
        })
      }, WITHIN_MS)
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        waiting.delete(look)
        act()
      }
      const look = (): void => {
        if (condition()) settle(resolve)
        else if (isEnded)
          settle(() => {
            reject(new Error('the stream has ended'))
          })
      }
      waiting.add(look)
      look()
    })
  return {
    answer,
    events,
    table,
    get cursor() {
      return cursor
    },
    get isEnded() {
      return isEnded
    },
    names: () => events.map(({ name }) => name),
    until,
    next: async (name, place = 0) => {
      const found = () => events.slice(place).find((event) => event.name === name)
      await until(() => found() !== undefined)
      return found() as FeedEvent
    },
    ended,
    close: () => {
      answer.destroy()
    },
  }
}

/** Applies a row unless the reader has a newer row for its slot. */
function put(table: Map<string, FeedSlot>, scopes: readonly string[], row: FeedSlot): void {
  const name = slotName(row.clientId, scopes[row.scope] ?? '')
  const known = table.get(name)
  if (known === undefined || known.generation <= row.generation) table.set(name, row)
}

async function pump(answer: IncomingMessage, take: (message: StreamMessage) => void): Promise<void> {
  const reader = new EventStreamReader(LONGEST_FEED_MESSAGE)
  if (answer.headers['content-type'] !== 'text/event-stream') return
  const plain: Readable = answer.headers['content-encoding'] === 'gzip' ? answer.pipe(createGunzip()) : answer
  answer.once('error', (cause) => plain.destroy(cause))
  try {
    for await (const text of plain.setEncoding('utf8') as AsyncIterable<string>) {
      for (const message of reader.read(text)) take(message)
    }
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (!['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'Z_BUF_ERROR'].includes(code)) throw cause
  }
}
