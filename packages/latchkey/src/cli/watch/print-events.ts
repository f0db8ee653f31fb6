// Prints the server's events as lines of JSON, one for each event, as they happen.
import { setTimeout as pause } from 'node:timers/promises'
import { adminClient } from '../admin-api/admin-client.ts'
import { connectionFault } from '../admin-api/unreachable.ts'
import { CliFailure, EXIT } from '../cli-failure.ts'
import { jsonText, type Terminal } from '../terminal.ts'
import { readEvents } from './read-events.ts'

const PAUSE_MILLISECONDS = 1000

/**
 * Prints events until `stop` is aborted. The server ends a stream after an hour, and the function then opens another
 * stream. Throws `CliFailure` if the server refuses the stream or cannot be reached.
 */
export async function printEvents(terminal: Terminal, stop: AbortSignal): Promise<void> {
  const server = adminClient(terminal.env)
  let lastId = ''
  for (;;) {
    try {
      const resumed = lastId === '' ? {} : { headers: { 'last-event-id': lastId } }
      const { body } = await server.stream('/events', {}, { accept: 'text/event-stream', signal: stop, ...resumed })
      for await (const { id, event, data } of readEvents(body)) {
        lastId = id
        if (data !== undefined) terminal.data(jsonText({ event, data: valueOf(data) }))
      }
    } catch (error) {
      if (stop.aborted) return
      if (error instanceof CliFailure) throw error
      const message = `The stream of events broke off (${connectionFault(error)}). Run the command again.`
      throw new CliFailure({ code: 'stream_broken', exitCode: EXIT.unreachable, message })
    }
    await pause(PAUSE_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined)
    if (stop.aborted) return
  }
}

/** Returns text that is not JSON unchanged, so that one line is always one event. */
function valueOf(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
