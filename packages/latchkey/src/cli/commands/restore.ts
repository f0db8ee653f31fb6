// latchkey restore: puts a backup back, and says what that means for those who hold tokens.
import { resolve } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Restored, restoreStore as RestoreStore } from '../../server/offline-stores.ts'
import { readMasterKeySource } from '../../config/master-key-source.ts'
import { CliFailure, configurationUnusable, EXIT, unusable } from '../cli-failure.ts'
import { command, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { rfc3339, spoken } from '../durations.ts'
import { tokensOf, WHAT_IS_MISSING } from '../older-store.ts'
import { STORE_LOCATION, locationName, locationOf } from '../store-location.ts'
import { progressBar } from '../progress-bar.ts'
import { showDone } from '../show.ts'
import { StopSignals } from '../stop-signal.ts'
import { storeFailure } from '../store-failure.ts'
import type { Terminal } from '../terminal.ts'

interface RestoreOptions extends Options {
  readonly to: string
  readonly replace?: true
  readonly acceptUnsealed?: true
}

export function addRestore(latchkey: Command, terminal: Terminal): void {
  command(latchkey, 'restore', {
    does: 'put a backup back where no server runs; every token from before is over, and clients get new ones',
    examples: [
      'latchkey restore latchkey-monday.backup --to /var/lib/latchkey',
      'latchkey restore latchkey-monday.backup --to postgres://latchkey@db.example.com/latchkey',
    ],
  })
    .summary('put a backup back')
    .argument('<file>', 'what latchkey backup wrote')
    .requiredOption('--to <location>', `${STORE_LOCATION}; new or empty`)
    .option('--replace', 'put it in the place of the store that is in the folder, which is gone then')
    .option('--accept-unsealed', 'restore a backup that no server has sealed; the next start puts that on record')
    .option('-y, --yes', 'do not ask before a store is replaced')
    .addHelpText('after', NOTES)
    .action(async (file: string, options: RestoreOptions) => {
      const [path, to] = [resolve(file), locationOf(options.to, terminal.env)]
      const masterKey = readMasterKeySource(terminal.env)
      if (!masterKey.ok) throw configurationUnusable(masterKey.refusal)
      if (options.replace === true) {
        if (to.kind === 'database') throw unusable('--replace is for data folders. Restore to an empty database.')
        await confirm(terminal, options, `This ends the store in ${to.path} for good; nothing of it is kept.`)
      }
      const existing = options.replace === true ? 'replaced' : 'refused'
      const unsealed = options.acceptUnsealed === true ? 'accepted' : 'refused'
      const restored = await restoredWhole({ file: path, to, existing, unsealed, masterKey: masterKey.value }, terminal)
      const { rows, madeAt, floor, tokens, masterKeyFits } = restored
      const document = {
        file: path,
        rows,
        backup_made_at: rfc3339(madeAt),
        floor,
        live_tokens_ended: tokens,
        master_key_fits: masterKeyFits ?? null,
        seal: sealOf(restored),
      }
      showDone(terminal, options, document, reported(restored, locationName(to)))
    })
}

/** Ctrl+C is heeded between two pages of rows, and takes all of it back. */
async function restoredWhole(restoring: Parameters<typeof RestoreStore>[0], terminal: Terminal): Promise<Restored> {
  // Loaded when it is asked for: the other commands need no store.
  const { restoreStore } = await import('../../server/offline-stores.ts')
  const stop = new AbortController()
  const signals = new StopSignals()
  void signals.requested().then(() => {
    stop.abort()
  })
  try {
    return await restoreStore(restoring, async ({ done, all, table }) => {
      terminal.progress?.(progressBar(done, all, `${String(done)} of ${String(all)} rows, ${table}`))
      await nextTurn()
      stop.signal.throwIfAborted()
    })
  } catch (cause) {
    if (stop.signal.aborted) throw interrupted
    throw notRestored(cause)
  } finally {
    terminal.progress?.('')
    signals.release()
  }
}

const interrupted = new CliFailure({
  code: 'interrupted',
  exitCode: EXIT.interrupted,
  message: 'Interrupted: nothing was restored, and the location is unchanged.',
})

function notRestored(cause: unknown): CliFailure {
  const message = cause instanceof Error ? cause.message : String(cause)
  const { code, syscall, path = '' } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' && (syscall === 'stat' || syscall === 'open')) {
    return new CliFailure({ code: 'not_found', exitCode: EXIT.notFoundOrConflict, message: `There is no such file: ${path}` }) // prettier-ignore
  }
  if (/ENOSPC|EDQUOT|database or disk is full/.test(message)) return new CliFailure(DISK_FULL)
  if (code === 'backup_unusable') {
    return new CliFailure({ code: 'not_restored', exitCode: EXIT.failure, message: `${message} Nothing was restored: take another backup.` }) // prettier-ignore
  }
  return storeFailure('not_restored', cause)
}

const DISK_FULL = {
  code: 'not_restored',
  exitCode: EXIT.failure,
  message: 'The disk is full. Nothing was restored: make room for three times the size of the backup.',
}

/** With a key at hand a seal that does not fit is refused. */
const sealOf = ({ isSealed, masterKeyFits }: Restored): 'valid' | 'unknown' | 'missing' =>
  isSealed ? (masterKeyFits === true ? 'valid' : 'unknown') : 'missing'

const TOLD_OF_SEAL = {
  valid: 'The seal of the backup fits.',
  unknown: 'The first start judges the seal of the backup, and refuses one that does not fit.',
  missing: 'The backup has no seal, and you accepted it: the next start puts that on record.',
}

function reported(restored: Restored, location: string): string {
  const { rows, madeAt, tokens, masterKeyFits } = restored
  const ago = spoken(Date.now() / 1000 - madeAt)
  return [
    `Restored the store as of ${rfc3339(madeAt)} (${ago} ago) to ${location}: ${String(rows)} rows, each compared.`,
    `Every token from before is over: ${tokensOf(tokens)} in the backup, and all that were issued since. Clients get`,
    'a new one when they ask again, as they do when theirs is refused. Operators sign in again.',
    ...WHAT_IS_MISSING,
    TOLD_OF_SEAL[sealOf(restored)],
    masterKeyFits === true
      ? 'The master key fits. Start the server with it.'
      : 'Start the server with the master key of that store; it was not at hand here, so nobody has tried it.',
  ].join('\n')
}

const NOTES = `
The backup is verified before anything is written: its checksum and the database
in it. If the master key is in LATCHKEY_MASTER_KEY, in the file that
LATCHKEY_MASTER_KEY_FILE names, or in the folder, so are the key and the seal of
the backup; else the first start judges both. An interruption leaves the location
as it was. The next start records the restore in the audit trail.`
