// Reads a stream of server-sent events as a client would, one event after the other, for tests.
import { get, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'

export interface ReadEvent {
  readonly id: string
  readonly name: string
  readonly data: Record<string, unknown>
}

export interface EventReader {
  readonly status: number
  readonly contentType: string | undefined
  /** The next event of this name; those before it are skipped. Rejects when the stream ends first. */
  next(name: string): Promise<ReadEvent>
  /** The id that a client would come back with. */
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
  const ended = new Promise<void>((resolve) => {
    answer.once('close', resolve)
  })
  // A stream that is cut is an error to the reader of its lines, and an end to us.
  answer.on('error', () => undefined)
  const events = parse(createInterface(answer))
  let lastId = ''
  const read = async (): Promise<ReadEvent> => {
    const event = await events.next()
    if (event.done === true) throw new Error('the stream has ended')
    lastId = event.value.id
    return event.value
  }
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'],
    next: async (name) => {
      for (;;) {
        const event = await read()
        if (event.name === name) return event
      }
    },
    lastId: () => lastId,
    ended,
    close: () => {
      answer.destroy()
    },
  }
}

async function* parse(lines: AsyncIterable<string>): AsyncGenerator<ReadEvent> {
  let [id, name, data] = ['', 'message', '']
  for await (const line of lines) {
    const [, field, value = ''] = /^([a-z]+): ?(.*)$/.exec(line) ?? []
    if (field === 'id') id = value
    if (field === 'event') name = value
    if (field === 'data') data += value
    if (line !== '') continue
    if (data !== '') yield { id, name, data: JSON.parse(data) as Record<string, unknown> }
    ;[name, data] = ['message', '']
  }
}
