// Writes the feed's events as messages of a text/event-stream, and reads them.
import type { StreamMessage } from './event-stream.ts'
import { BYE_REASONS, type FeedEvent, RESET_REASONS } from './feed.ts'
import { type FeedSlot, readSlotRow, writeSlotRow } from './feed-slot.ts'

/**
 * Writes an event as a message of a `text/event-stream`.
 *
 * @param cursor the position of the reader after this event. Only `slot`, `snapshot-end` and `heartbeat` have one.
 *
 * @example
 * ```ts
 * import { writeFeedEvent } from '@latchkey/protocol'
 *
 * const text = writeFeedEvent({ name: 'heartbeat', t: 250 }, '17')
 * console.log(text.split('\n')[0]) // event: heartbeat
 * ```
 */
export function writeFeedEvent(event: FeedEvent, cursor?: string): string {
  const id = cursor === undefined ? '' : `id: ${cursor}\n`
  return `event: ${event.name}\n${id}data: ${JSON.stringify(dataOf(event))}\n\n`
}

/**
 * Reads an event from a message. Returns `unknown` for an event that a later version added: the reader should skip it.
 * Returns `malformed` for a message that is not valid: the reader should disconnect, and reconnect without a cursor.
 *
 * @example
 * ```ts
 * import { EventStreamReader, readFeedEvent, writeFeedEvent } from '@latchkey/protocol'
 *
 * const text = writeFeedEvent({ name: 'heartbeat', t: 250 }, '17')
 * const [message] = new EventStreamReader(1024).read(text)
 * const event = message && readFeedEvent(message)
 * console.log(event) // { name: 'heartbeat', t: 250 }
 * ```
 */
export function readFeedEvent(message: StreamMessage): FeedEvent | 'unknown' | 'malformed' {
  const data = readObject(message.data)
  if (data === undefined) return 'malformed'
  switch (message.event) {
    case 'hello':
      return isCount(data['version']) && isTexts(data['scopes']) && isCount(data['heartbeat'])
        ? { name: 'hello', version: data['version'], scopes: data['scopes'], heartbeat: data['heartbeat'] }
        : 'malformed'
    case 'reset': {
      const reason = RESET_REASONS.find((known) => known === data['reason'])
      return reason === undefined ? 'malformed' : { name: 'reset', reason }
    }
    case 'keys':
      return isTexts(data['kids']) ? { name: 'keys', kids: data['kids'] } : 'malformed'
    case 'slots':
    case 'slot': {
      const rows = readRows(data['rows'])
      return rows === undefined ? 'malformed' : { name: message.event, rows }
    }
    case 'snapshot-end':
      return { name: 'snapshot-end' }
    case 'heartbeat':
      return typeof data['t'] === 'number' && data['t'] >= 0 ? { name: 'heartbeat', t: data['t'] } : 'malformed'
    case 'bye': {
      const reason = BYE_REASONS.find((known) => known === data['reason'])
      return reason === undefined ? 'malformed' : { name: 'bye', reason }
    }
    default:
      return 'unknown'
  }
}

function dataOf(event: FeedEvent): object {
  if (event.name === 'slot' || event.name === 'slots') return { rows: event.rows.map(writeSlotRow) }
  return Object.fromEntries(Object.entries(event).filter(([member]) => member !== 'name'))
}

function readRows(value: unknown): readonly FeedSlot[] | undefined {
  if (!Array.isArray(value)) return undefined
  const rows: FeedSlot[] = []
  for (const each of value) {
    const row = readSlotRow(each)
    if (row === undefined) return undefined
    rows.push(row)
  }
  return rows
}

function readObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined
    throw cause
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
