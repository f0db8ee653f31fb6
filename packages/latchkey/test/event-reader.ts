// Reads a stream of server-sent events as a client would, one event after the other.
import { get, type IncomingMessage } from 'node:http'

export interface ReadEvent {
  readonly id: string
  readonly name: string
  readonly data: Record<string, unknown>
}

export interface EventReader {
  readonly status: number
  readonly contentType: string | undefined
  /** Resolves with the next event of this name. Skips the events before it. Rejects if the stream ends first. */
  next(name: string): Promise<ReadEvent>
  /** The events that calls of `next` skipped. */
  skipped(): readonly ReadEvent[]
  /** The `Last-Event-ID` that a client would send to reconnect. */
  lastId(): string
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>
  close(): void
}

export async function readEvents(url: string, key: string, lastEventId?: string): Promise<EventReader> {
  const headers = { authorization: `Bearer ${key}`, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers }, resolve).once('error', reject)
  })
  const read: ReadEvent[] = []
  const skipped: ReadEvent[] = []
  let isOver = false
  let wake: () => void = () => undefined
  const ended = pump(answer, (event) => {
    read.push(event)
    wake()
  }).finally(() => {
    isOver = true
    wake()
  })
  let lastId = ''
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'],
    next: async (name) => {
      for (;;) {
        const event = read.shift()
        if (event !== undefined) lastId = event.id
        if (event?.name === name) return event
        if (event !== undefined) skipped.push(event)
        if (event === undefined && isOver) throw new Error('the stream has ended')
        if (event === undefined) await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    skipped: () => skipped,
    lastId: () => lastId,
    ended,
    close: () => {
      answer.destroy()
    },
  }
}

const CUT: readonly (string | undefined)[] = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']

/** Passes the events to `take` until the stream ends or breaks off. */
async function pump(answer: IncomingMessage, take: (event: ReadEvent) => void): Promise<void> {
  let unread = ''
  try {
    for await (const text of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const frames = (unread + text).split('\n\n')
      unread = frames.pop() ?? ''
      for (const frame of frames) {
        const fields = new Map(frame.split('\n').map((line) => line.split(/: ?(.*)/, 2) as [string, string]))
        const [data, name = 'message', id = ''] = [fields.get('data'), fields.get('event'), fields.get('id')]
        if (data !== undefined) take({ id, name, data: JSON.parse(data) as Record<string, unknown> })
      }
    }
  } catch (cause) {
    if (!CUT.includes((cause as NodeJS.ErrnoException).code)) throw cause
  }
}
