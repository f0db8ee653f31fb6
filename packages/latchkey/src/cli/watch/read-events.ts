// Reads server-sent events (WHATWG HTML §9.2.6). Only id, event and data are used.

export interface ServerEvent {
  /** The last id in the stream. Empty if the stream has sent none. */
  readonly id: string
  readonly event: string
  /** The data. Undefined if the event has only an id. */
  readonly data: string | undefined
}

/** Yields the events of a stream. Skips comments, and an event that the end of the stream cut off. */
export async function* readEvents(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let id = ''
  let event = ''
  let data: string[] = []
  let hasId = false
  for await (const line of linesOf(stream)) {
    if (line === '') {
      if (data.length > 0) yield { id, event: event === '' ? 'message' : event, data: data.join('\n') }
      else if (hasId) yield { id, event: '', data: undefined }
      event = ''
      data = []
      hasId = false
      continue
    }
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'event') event = value
    else if (name === 'data') data.push(value)
    else if (name === 'id') {
      id = value
      hasId = true
    }
  }
}

async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    yield* lines
  }
}
