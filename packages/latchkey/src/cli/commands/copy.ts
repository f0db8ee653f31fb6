// latchkey copy: copies a whole store to another location. Every live token stays live.
import type { Command } from 'commander'
import { unusable } from '../cli-failure.ts'
import { command } from '../command.ts'
import { STORE_LOCATION, locationOf } from '../store-location.ts'
import { progressBar } from '../progress-bar.ts'
import { showDone, type Shown } from '../show.ts'
import { storeFailure } from '../store-failure.ts'
import type { Terminal } from '../terminal.ts'

interface CopyOptions extends Shown {
  readonly from: string
  readonly to: string
}

export function addCopy(latchkey: Command, terminal: Terminal): void {
  command(latchkey, 'copy', {
    does: 'copy a store that no server uses to PostgreSQL, or back, and compare every row; tokens stay live',
    examples: [
      'latchkey copy --from .latchkey --to postgres://latchkey@db.example.com/latchkey',
      'latchkey copy --from LATCHKEY_DATABASE_URL --to /var/lib/latchkey',
    ],
  })
    .summary('copy a whole store to PostgreSQL, or back')
    .requiredOption('--from <location>', STORE_LOCATION)
    .requiredOption('--to <location>', `${STORE_LOCATION}; new or empty`)
    .action(async (options: CopyOptions) => {
      const [from, to] = [locationOf(options.from, terminal.env), locationOf(options.to, terminal.env)]
      if (JSON.stringify(from) === JSON.stringify(to)) throw unusable('--from and --to are the same location.')
      // The store is imported only here, because the other commands need no store.
      const { copyStore } = await import('../../server/offline-stores.ts')
      try {
        const copied = await copyStore(from, to, ({ done, all, table }) =>
          terminal.progress?.(progressBar(done, all, `${String(done)} of ${String(all)} rows, ${table}`)),
        ).finally(() => terminal.progress?.(''))
        const said = `Copied ${String(copied.rows)} rows and compared them. Start servers on the new location alone, with the same master key. A server on the old location would keep the tokens live there too.`
        showDone(terminal, options, { document: copied, said })
      } catch (cause) {
        throw storeFailure('not_copied', cause)
      }
    })
}
