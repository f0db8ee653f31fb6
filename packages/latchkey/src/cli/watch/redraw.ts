// The live tokens on a screen, drawn again each second.
import { setTimeout as pause } from 'node:timers/promises'
import type { Slot } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { slotRow, SLOT_HEADINGS } from '../commands/slot-row.ts'
import { table } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const MOST_ROWS = 40
const SECOND_MILLISECONDS = 1000

/** Draws until `stop`. Throws `CliFailure` if the server does not answer. */
export async function redraw(terminal: Terminal, stop: AbortSignal): Promise<void> {
  const server = adminClient(terminal.env)
  while (!stop.aborted) {
    const items = await Array.fromAsync(server.items<Slot>('/tokens', {}, MOST_ROWS + 1))
    const rows = items.slice(0, MOST_ROWS).map(slotRow)
    const more = items.length > MOST_ROWS ? ['', `and more: these ${String(MOST_ROWS)} end first.`] : []
    const body = rows.length === 0 ? ['No token is live.'] : table(terminal, SLOT_HEADINGS, rows)
    terminal.draw(['The live tokens, least time left first. Ctrl+C ends.', '', ...body, ...more])
    await pause(SECOND_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined)
  }
}
