// latchkey restore: restores a backup, and says how many tokens ended.
import { resolve } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Restored, restoreStore as RestoreStore } from '../../server/offline-stores.ts'
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
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { ConfigProblem } from '../../config/config-problem.ts'
import type { Environment } from '../../config/environment.ts'
import { readSettings } from '../../config/read-settings.ts'
import type { SecretSource } from '../../config/setting.ts'
import { serverSettings } from '../../config/settings.ts'

interface RestoreOptions extends Options {
  readonly to: string
  readonly replace?: true
  readonly acceptUnsealed?: true
}

export function addRestore(latchkey: Command, terminal: Terminal): void {
  command(latchkey, 'restore', {
    does: 'restore a backup where no server runs; all earlier tokens end, and clients get new ones',
    examples: [
      'latchkey restore latchkey-monday.backup --to /var/lib/latchkey',
      'latchkey restore latchkey-monday.backup --to postgres://latchkey@db.example.com/latchkey',
    ],
  })
    .summary('restore a backup')
    .argument('<file>', 'a file that latchkey backup wrote')
    .requiredOption('--to <location>', `${STORE_LOCATION}; new or empty`)
    .option('--replace', 'replace the store that is in the folder; the old store is deleted')
    .option('--accept-unsealed', 'restore a backup without a seal of a server; the next start records that')
    .option('-y, --yes', 'do not ask before a store is replaced')
    .addHelpText('after', NOTES)
    .action(async (file: string, options: RestoreOptions) => {
      const [path, to] = [resolve(file), locationOf(options.to, terminal.env)]
      const masterKey = readMasterKeySource(terminal.env)
      if (!masterKey.ok) throw configurationUnusable(masterKey.refusal)
      if (options.replace === true) {
        if (to.kind === 'database') throw unusable('--replace is for data folders. Restore to an empty database.')
        await confirm(terminal, options, `This deletes the store in ${to.path} permanently.`)
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
      showDone(terminal, options, { document, said: reported(restored, locationName(to)) })
    })
}

/** Ctrl+C takes effect between two pages of rows. It undoes the whole restore. */
async function restoredWhole(restoring: Parameters<typeof RestoreStore>[0], terminal: Terminal): Promise<Restored> {
  // The store is imported only here, because the other commands need no store.
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
    return new CliFailure({
      code: 'not_found',
      exitCode: EXIT.notFoundOrConflict,
      message: `There is no file ${path}. Check the path.`,
    })
  }
  if (/ENOSPC|EDQUOT|database or disk is full/.test(message)) return new CliFailure(DISK_FULL)
  if (code === 'backup_unusable') {
    return new CliFailure({
      code: 'not_restored',
      exitCode: EXIT.failure,
      message: `${message} Nothing was restored. Use another backup.`,
    })
  }
  return storeFailure('not_restored', cause)
}

const DISK_FULL = {
  code: 'not_restored',
  exitCode: EXIT.failure,
  message: 'The disk is full, and nothing was restored. Free three times the size of the backup and try again.',
}

/**
 * A restore with the right master key refuses a backup whose seal is invalid. So if the master key fits, the seal is
 * valid.
 */
const sealOf = ({ isSealed, masterKeyFits }: Restored): 'valid' | 'unknown' | 'missing' =>
  isSealed ? (masterKeyFits === true ? 'valid' : 'unknown') : 'missing'

const SEAL_TEXT = {
  valid: 'The seal of the backup is valid.',
  unknown: 'The first start checks the seal of the backup, and refuses an invalid one.',
  missing: 'The backup has no seal, and you accepted that. The next start records it in the audit trail.',
}

function reported(restored: Restored, location: string): string {
  const { rows, madeAt, tokens, masterKeyFits } = restored
  const ago = spoken(Date.now() / 1000 - madeAt)
  return [
    `Restored the store as of ${rfc3339(madeAt)} (${ago} ago) to ${location}: ${String(rows)} rows, each compared.`,
    `All earlier tokens have ended: ${tokensOf(tokens)} in the backup, and all that were issued since. Clients get`,
    'a new token when theirs is refused and they ask again. Operators must sign in again.',
    ...WHAT_IS_MISSING,
    SEAL_TEXT[sealOf(restored)],
    masterKeyFits === true
      ? 'The master key matches. Start the server with it.'
      : 'Start the server with the master key of that store. The key was not available here, so it was not checked.',
  ].join('\n')
}

const NOTES = `
The command verifies the checksum of the backup and the database in it before it
writes anything. It also checks the master key and the seal of the backup, if
the key is in LATCHKEY_MASTER_KEY, in the file that LATCHKEY_MASTER_KEY_FILE
names, or in the folder. Otherwise the first start checks both. An interruption
leaves the location as it was. The next start records the restore in the audit
trail.`

/** Reads the master key from its variable or file. Returns undefined if no variable is set. */
function readMasterKeySource(env: Environment): Result<SecretSource | undefined, readonly ConfigProblem[]> {
  const { values, problems } = readSettings({ masterKey: serverSettings.masterKey }, { env, flags: {} })
  return problems.length > 0 ? refuse(problems) : accept(values.masterKey)
}
