// latchkey after-restore: ends all tokens of a store that an operator restored without latchkey restore.
import type { Command } from 'commander'
import { unusable } from '../cli-failure.ts'
import { destructive, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { rfc3339, spoken } from '../durations.ts'
import { tokensOf, WHAT_IS_MISSING } from '../older-store.ts'
import { STORE_LOCATION, locationName, locationOf } from '../store-location.ts'
import { showDone } from '../show.ts'
import { storeFailure } from '../store-failure.ts'
import type { Terminal } from '../terminal.ts'

interface AfterRestoreOptions extends Options {
  readonly on: string
  readonly dropDamagedLog?: true
}

export function addAfterRestore(latchkey: Command, terminal: Terminal): void {
  destructive(latchkey, 'after-restore', {
    does: 'end every token of a store that was restored by other means: a file copy, a snapshot, pg_restore, a recovery to a point in time',
    examples: [
      'latchkey after-restore --on LATCHKEY_DATABASE_URL',
      'latchkey after-restore --on /var/lib/latchkey --yes',
    ],
  })
    .summary('end the tokens of a store that was restored by other means')
    .requiredOption('--on <location>', STORE_LOCATION)
    .option('--drop-damaged-log', 'continue with the part of the write-ahead log before the damage; the rest is lost')
    .addHelpText('after', NOTES)
    .action(async (options: AfterRestoreOptions) => {
      const on = locationOf(options.on, terminal.env)
      const damagedLog = options.dropDamagedLog === true ? 'dropped' : 'refused'
      if (damagedLog === 'dropped' && on.kind === 'database')
        throw unusable('--drop-damaged-log is for data folders. A database repairs its own log: leave the option out.')
      await confirm(terminal, options, `This ends every token of ${locationName(on)}; all clients get new ones.`)
      // The store is imported only here, because the other commands need no store.
      const { afterRestore } = await import('../../server/offline-stores.ts')
      try {
        const { floor, tokens, newest } = await afterRestore(on, damagedLog)
        const document = {
          floor,
          live_tokens_ended: tokens,
          newest_record_at: newest === undefined ? null : rfc3339(newest),
        }
        const lines = [
          `All earlier tokens have ended: ${tokensOf(tokens)} in this store, and all of the store that it replaced.`,
          'Clients get a new token when theirs is refused and they ask again. Operators must sign in again.',
          ...(newest === undefined
            ? []
            : [`The newest record in the store is of ${rfc3339(newest)} (${spoken(Date.now() / 1000 - newest)} ago).`]),
          ...WHAT_IS_MISSING,
        ]
        showDone(terminal, options, { document, said: lines.join('\n') })
      } catch (cause) {
        throw storeFailure('not_ended', cause)
      }
    })
}

const NOTES = `
An older store accepts the tokens that were live at that time, although they
were superseded or revoked since. Run this command before the first server
starts on the store. Servers that already run on a database notice the command
at their next request. A folder must not be in use. The next start records the
command in the audit trail.`
