// Reads a text/event-stream as it arrives, in pieces of any size (WHATWG HTML, section 9.2.6).

export interface StreamMessage {
  /** `message` unless the stream names another. */
  readonly event: string
  readonly data: string
  /** What the last `id` field so far said: the place to resume from. Empty when there was none. */
  readonly lastEventId: string
}

/** The stream holds a message that is longer than the reader is ready to keep. */
export class MessageTooLong extends Error {
  readonly code = 'message_too_long'

  constructor(limit: number) {
    super(`a message of the stream is longer than ${String(limit)} characters`)
    this.name = 'MessageTooLong'
  }
}

/** Of one stream: a new connection needs a new one. Comments and `retry` are left out. */
export class EventStreamReader {
  readonly #longest: number
  #rest = ''
  #isAtStart = true
  /** The text so far ended with a CR: an LF that follows belongs to it. */
  #endedWithCr = false
  #event = ''
  #data: string[] = []
  #dataLength = 0
  #lastEventId = ''

  /** @param longest of a line and of a message, in characters. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /** The messages that this piece of decoded text completes. Throws `MessageTooLong`. */
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
