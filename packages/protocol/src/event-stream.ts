// Reads a text/event-stream as it arrives, in pieces of any size (WHATWG HTML, section 9.2.6).

/** One message of a `text/event-stream`. */
export interface StreamMessage {
  /** The name of the event; `message` unless the stream names another. */
  readonly event: string
  /** The lines of data, joined by a line feed. */
  readonly data: string
  /** The value of the last `id` field: the position to resume from. Empty if the stream has sent none. */
  readonly lastEventId: string
}

/**
 * Thrown if a message of the stream is longer than the limit of its {@link EventStreamReader}.
 *
 * @example
 * ```ts
 * import { EventStreamReader, MessageTooLong } from '@latchkey/protocol'
 *
 * try {
 *   new EventStreamReader(8).read('data: a long line')
 * } catch (error) {
 *   console.log(error instanceof MessageTooLong && error.code) // message_too_long
 * }
 * ```
 */
export class MessageTooLong extends Error {
  /** Stable, for programs. */
  readonly code = 'message_too_long'

  /** @param limit in characters. */
  constructor(limit: number) {
    super(`a message of the stream is longer than ${String(limit)} characters`)
    this.name = 'MessageTooLong'
  }
}

/**
 * Reads a `text/event-stream` (WHATWG HTML §9.2.6) that arrives in pieces of any size. A reader belongs to one
 * connection: a new connection needs a new reader. Comments and `retry` fields are ignored.
 *
 * @example
 * ```ts
 * import { EventStreamReader } from '@latchkey/protocol'
 *
 * const reader = new EventStreamReader(1024)
 * console.log(reader.read('data: hel').length) // 0
 * const [message] = reader.read('lo\n\n')
 * console.log(message?.event, message?.data) // message hello
 * ```
 */
export class EventStreamReader {
  readonly #longest: number
  #rest = ''
  #isAtStart = true
  /** True if the text so far ended with a CR. If an LF follows, it belongs to the same line end. */
  #endedWithCr = false
  #event = ''
  #data: string[] = []
  #dataLength = 0
  #lastEventId = ''

  /** @param longest the most characters of a line and of a message. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /**
   * Takes the next piece of decoded text and returns the messages that it completes.
   *
   * @throws MessageTooLong
   */
  read(piece: string): readonly StreamMessage[] {
    let text = piece
    if (text === '') return []
    if (this.#isAtStart && text.startsWith('\uFEFF')) text = text.slice(1)
    this.#isAtStart = false
    if (this.#endedWithCr && text.startsWith('\n')) text = text.slice(1)
    this.#endedWithCr = text.endsWith('\r')
    const lines = (this.#rest + text).split(/\r\n|\n|\r/)
    this.#rest = lines.pop() as string
    if (this.#rest.length > this.#longest) throw new MessageTooLong(this.#longest)
    const messages: StreamMessage[] = []
    for (const line of lines) {
      const message = line === '' ? this.#dispatch() : this.#field(line)
      if (message !== undefined) messages.push(message)
    }
    return messages
  }

  #field(line: string): undefined {
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'event') this.#event = value
    else if (name === 'data') this.#addData(value)
    else if (name === 'id' && !value.includes('\0')) this.#lastEventId = value
  }

  #addData(value: string): void {
    this.#dataLength += value.length
    if (this.#dataLength > this.#longest) throw new MessageTooLong(this.#longest)
    this.#data.push(value)
  }

  #dispatch(): StreamMessage | undefined {
    const event = this.#event === '' ? 'message' : this.#event
    const data = this.#data
    this.#event = ''
    this.#data = []
    this.#dataLength = 0
    return data.length === 0 ? undefined : { event, data: data.join('\n'), lastEventId: this.#lastEventId }
  }
}
