// latchkey watch: shows the live tokens and their changes.
import type { Command } from 'commander'
import type { Slot } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { EXIT } from '../cli-failure.ts'
import { listCommand, SERVER_NOTES } from '../command.ts'
import { showJson, type Shown } from '../show.ts'
import { StopSignals } from '../stop-signal.ts'
import { showTable, tableLines, type TableOptions } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { printEvents } from '../watch/print-events.ts'
import { SLOT_COLUMNS } from './slot-columns.ts'
import { setTimeout as pause } from 'node:timers/promises'

interface WatchOptions extends Shown, TableOptions {
  readonly once?: true
}

export function addWatch(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const text = {
    does: 'show the live tokens with the time they have left, until Ctrl+C; without a terminal, each change as a line of JSON',
    examples: ['latchkey watch', 'latchkey watch --once', 'latchkey watch | jq .'],
  }
  listCommand(latchkey, 'watch', text)
    .summary('the live tokens with the time they have left')
    .option('--once', 'show the live tokens once and end')
    .addHelpText('after', SERVER_NOTES)
    .action(async ({ once, json, wide }: WatchOptions) => {
      if (once === true) {
        const items = await Array.fromAsync(adminClient(terminal.env).items<Slot>('/tokens'))
        if (json === true) showJson(terminal, { items })
        else showTable(terminal, items, { columns: SLOT_COLUMNS, wide })
        return
      }
      const stop = new AbortController()
      void new StopSignals().requested().then(() => {
        stop.abort()
      })
      if (terminal.isScreen && json !== true) await redraw(terminal, stop.signal)
      else await printEvents(terminal, AbortSignal.any([stop.signal, terminal.readerGone]))
      if (stop.signal.aborted) done(EXIT.interrupted)
    })
}

const MOST_ROWS = 40
const SECOND_MILLISECONDS = 1000

/** Draws the table until `stop` is aborted. Throws `CliFailure` if the server does not answer. */
async function redraw(terminal: Terminal, stop: AbortSignal): Promise<void> {
  const server = adminClient(terminal.env)
  while (!stop.aborted) {
    const items = await Array.fromAsync(server.items<Slot>('/tokens', {}, MOST_ROWS + 1))
    const shown = items.slice(0, MOST_ROWS)
    const more = items.length > MOST_ROWS ? ['', `and more: these ${String(MOST_ROWS)} end first.`] : []
    const body = shown.length === 0 ? ['No token is live.'] : tableLines(terminal, SLOT_COLUMNS, shown)
    terminal.draw(['The live tokens, least time left first. Ctrl+C ends.', '', ...body, ...more])
    await pause(SECOND_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined)
  }
}
