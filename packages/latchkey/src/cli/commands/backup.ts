// latchkey backup: writes a copy of the running server's store to a file. The file is either complete or does not
// exist.
import { existsSync } from 'node:fs'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { adminClient } from '../admin-api/admin-client.ts'
import type { StreamedAnswer } from '../admin-api/admin-request.ts'
import { connectionFault } from '../admin-api/unreachable.ts'
import { CliFailure, EXIT } from '../cli-failure.ts'
import { command, SERVER_NOTES } from '../command.ts'
import { rfc3339 } from '../durations.ts'
import { byteCount, progressBar } from '../progress-bar.ts'
import { showDone, type Shown } from '../show.ts'
import { StopSignals } from '../stop-signal.ts'
import type { Terminal } from '../terminal.ts'

interface BackupOptions extends Shown {
  readonly overwrite?: true
}

/**
 * The time in milliseconds in which the server must make the backup. The server copies the store on its own disk before
 * it sends the first byte. Node's fetch waits no longer than this time for the head of an answer.
 */
const MAKING = 5 * 60_000

export function addBackup(latchkey: Command, terminal: Terminal): void {
  command(latchkey, 'backup', {
    does: 'back up the embedded store of the running server, which continues to issue tokens',
    examples: ['latchkey backup /backups/latchkey-monday.backup', 'latchkey backup --overwrite latchkey.backup'],
  })
    .summary('back up the store of the running server')
    .argument('<file>', 'the file to write, which only its owner can read')
    .option('--overwrite', 'replace the file if it exists, once the new one is complete')
    .addHelpText('after', NOTES + SERVER_NOTES)
    .action(async (file: string, options: BackupOptions) => {
      const path = resolve(file)
      if (options.overwrite !== true && existsSync(path)) throw isThere(path)
      const { bytes, madeAt } = await fetchBackup(path, options, terminal)
      const done = { file: path, bytes, made_at: rfc3339(madeAt) }
      const said = `Wrote ${path}: ${byteCount(bytes)}, the store as of ${done.made_at}, read back and complete.\nThe backup does not contain the master key and is useless without it. Keep the key in another place.`
      showDone(terminal, options, { document: done, said })
    })
}

interface FetchedBackup {
  /** The size of the file in bytes. */
  readonly bytes: number
  /** Seconds since the epoch. */
  readonly madeAt: number
}

/** Writes the backup under another name, and renames the file when it is complete and durable. */
async function fetchBackup(path: string, { overwrite }: BackupOptions, terminal: Terminal): Promise<FetchedBackup> {
  const stop = new AbortController()
  const signals = new StopSignals()
  void signals.requested().then(() => {
    stop.abort()
  })
  const draft = `${path}.${String(process.pid)}.part`
  const file = await open(draft, 'wx', 0o600).catch((cause: unknown) => {
    signals.release()
    throw codeOf(cause) === 'ENOENT'
      ? noFolder(path)
      : unfinished(`cannot write to ${dirname(path)} (${connectionFault(cause)})`)
  })
  try {
    terminal.progress?.('The server is making the backup…')
    const how = { accept: 'application/octet-stream', signal: stop.signal, within: MAKING }
    await write(file, await adminClient(terminal.env).stream('/backup', {}, how), terminal)
    // The store is imported only here, because the other commands need no store.
    const { examineBackup } = await import('../../server/offline-stores.ts')
    const { madeAt } = await examineBackup(draft).catch((cause: unknown) => {
      throw unfinished(`the server sent an incomplete backup (${(cause as Error).message.replaceAll(draft, 'it')})`)
    })
    await (overwrite === true ? rename(draft, path) : link(draft, path))
    await syncFolder(dirname(path))
    return { madeAt, bytes: (await file.stat()).size }
  } catch (cause) {
    if (stop.signal.aborted) throw interrupted(path)
    if (cause instanceof CliFailure) throw cause
    throw codeOf(cause) === 'EEXIST' ? isThere(path) : unfinished(reasonOf(cause))
  } finally {
    terminal.progress?.('')
    await file.close()
    await rm(draft, { force: true })
    signals.release()
  }
}

async function write(file: FileHandle, { body, bytes }: StreamedAnswer, terminal: Terminal): Promise<void> {
  let done = 0
  for await (const chunk of body) {
    await file.write(chunk)
    done += chunk.length
    const all = bytes ?? done
    terminal.progress?.(progressBar(done, all, `${byteCount(done)} of ${byteCount(all)}`))
  }
  await file.sync()
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const codeOf = (cause: unknown): unknown => (cause as NodeJS.ErrnoException | undefined)?.code

function reasonOf(cause: unknown): string {
  if (codeOf(cause) === 'ENOSPC' || codeOf(cause) === 'EDQUOT') return 'the disk is full'
  return `the transfer broke off: ${connectionFault(cause)}`
}

const unfinished = (reason: string): CliFailure => {
  const message = `No backup was made: ${reason}. No file was left behind. Fix this and try again.`
  return new CliFailure({ code: 'backup_unfinished', exitCode: EXIT.failure, message })
}

const interrupted = (path: string): CliFailure => {
  const message = `No backup was made: the command was interrupted. No file was left in ${dirname(path)}.`
  return new CliFailure({ code: 'interrupted', exitCode: EXIT.interrupted, message })
}

const noFolder = (path: string): CliFailure => {
  const message = `No backup was made: there is no folder ${dirname(path)}. Create the folder and try again.`
  return new CliFailure({ code: 'not_found', exitCode: EXIT.notFoundOrConflict, message })
}

const isThere = (path: string): CliFailure => {
  const message = `${path} exists already, and nothing was changed. Use another name, or --overwrite to replace the file.`
  return new CliFailure({ code: 'file_exists', exitCode: EXIT.notFoundOrConflict, message })
}

const NOTES = `
The file holds everything but the master key: integrations, secrets (sealed and
as keyed hashes), signing keys (sealed), operators, the audit trail. The command
needs an admin key of an owner, and the audit trail records the backup.
latchkey restore restores the file.
`
