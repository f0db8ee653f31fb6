// A PostgreSQL server for tests: a temporary cluster on a free port. It is removed after the tests.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chownSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../e2e/free-port.ts'

const DEBIAN = '/usr/lib/postgresql'

const folderOf = (version: number): string => join(DEBIAN, String(version), 'bin')

/** Returns the installed major versions of Debian's packages, the newest first. */
export function installedVersions(): readonly number[] {
  const canRun = (version: number): boolean => spawnSync(join(folderOf(version), 'initdb'), ['--version']).status === 0
  try {
    return readdirSync(DEBIAN)
      .map(Number)
      .filter(canRun)
      .sort((one, other) => other - one)
  } catch {
    return []
  }
}

/** Returns the folder with initdb, pg_ctl and pg_dump. Default: the newest version. */
export function postgresPrograms(version = installedVersions()[0]): string {
  if (version === undefined) throw new Error('PostgreSQL is not installed')
  return folderOf(version)
}

export interface Cluster {
  readonly port: number
  /** The folder with the data and the archived log. */
  readonly folder: string
  /** The URL of the database `postgres`, as superuser. */
  readonly url: string
  start(): Promise<void>
  /** Stops the cluster. `fast` ends all sessions. `immediate` stops as in a power cut. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Makes the standby the primary. */
  promote(): Promise<void>
  /** Acts as a synchronous standby named `pg_receivewal`, until the cluster ends. */
  receiveWal(): void
  /** Stops the cluster and removes its folder. */
  remove(): Promise<void>
}

/**
 * Starts a cluster, which ends with this process. `settings` are lines of postgresql.conf. The default version is the
 * newest.
 */
export const startCluster = (settings: readonly string[] = [], version?: number): Promise<Cluster> =>
  launch(
    settings,
    ({ run, data }) =>
      run('initdb', ['-D', data, '-U', 'latchkey', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']),
    version,
  )

/** Starts a standby of the cluster with this `application_name`. */
export function startStandby({ port }: Cluster, name: string): Promise<Cluster> {
  const source = `host=127.0.0.1 port=${String(port)} user=latchkey application_name=${name}`
  return launch([], ({ run, data }) =>
    run('pg_basebackup', ['-D', data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync', '-d', source]),
  )
}

/** Settings of a cluster that archives its log for recoveries. */
export const ARCHIVING = ['archive_mode=on', 'archive_command=cp %p ../%f']

export interface BaseBackup {
  /**
   * Starts a cluster from the base backup and the archived log up to the restore point. The cluster writes on a new
   * timeline.
   */
  recoverTo(restorePoint: string): Promise<Cluster>
}

/** Takes a base backup of a cluster that archives its log. */
export async function takeBaseBackup({ port, folder }: Cluster): Promise<BaseBackup> {
  const [taken, requested] = [Promise.withResolvers<undefined>(), Promise.withResolvers<string>()]
  const cluster = launch([], async ({ data, run }) => {
    const source = `host=127.0.0.1 port=${String(port)} user=latchkey`
    await run('pg_basebackup', ['-D', data, '-X', 'none', '-c', 'fast', '--no-sync', '-d', source])
    taken.resolve(undefined)
    const until = [`restore_command = 'cp ${folder}/%f %p'`, `recovery_target_name = '${await requested.promise}'`]
    appendFileSync(
      join(data, 'postgresql.auto.conf'),
      `${[...until, `recovery_target_action = 'promote'`].join('\n')}\n`,
    )
    writeFileSync(join(data, 'recovery.signal'), '')
  })
  await Promise.race([taken.promise, cluster])
  return {
    recoverTo: (restorePoint) => {
      requested.resolve(restorePoint)
      return cluster
    },
  }
}

/** Returns the last lines that the server logged, for the error of a failed start. Empty if it logged nothing. */
function endOfLog(folder: string): string {
  try {
    return `: ${readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n').slice(-5).join(' | ')}`
  } catch {
    return ''
  }
}

interface Making {
  readonly data: string
  readonly run: (program: string, args: readonly string[]) => Promise<void>
}

async function launch(
  settings: readonly string[],
  make: (making: Making) => Promise<void>,
  version?: number,
): Promise<Cluster> {
  const programs = postgresPrograms(version)
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
  const user = unprivileged()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const spawned = (program: string, args: readonly string[]) =>
    spawn(join(programs, program), args, { ...user, cwd: folder, stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } })
  const run = (program: string, args: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawned(program, args)
      child.once('error', reject)
      child.once('exit', (code) => {
        if (code === 0) resolve()
        else reject(new Error(`${program} ${args.at(-1) ?? ''} ended with ${String(code)}${endOfLog(folder)}`))
      })
    })
  await make({ data, run })
  const port = await freePort()
  const options = [`port=${String(port)}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=`, ...settings]
  const flags = options.map((option) => `-c "${option}"`).join(' ')
  const start = (): Promise<void> => run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', flags, 'start'])
  await start()
  // The pipe breaks when this process ends, even if it crashes. Then the child stops the cluster and cleans up.
  const cleaner = spawn(
    'sh',
    ['-c', 'cat >/dev/null; "$0" -D "$1" -m immediate stop; rm -rf "$2"', join(programs, 'pg_ctl'), data, folder],
    { ...user, cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  )
  cleaner.unref()
  ;(cleaner.stdin as Socket).unref()
  return {
    port,
    folder,
    url: `postgres://latchkey@127.0.0.1:${String(port)}/postgres`,
    start,
    stop: (mode) => run('pg_ctl', ['-D', data, '-w', '-m', mode, 'stop']),
    promote: () => run('pg_ctl', ['-D', data, '-w', 'promote']),
    receiveWal: () => {
      const target = `host=127.0.0.1 port=${String(port)} user=latchkey application_name=pg_receivewal`
      spawned('pg_receivewal', ['-D', folder, '-d', target, '--synchronous', '--no-loop'])
    },
    remove: () =>
      new Promise((resolve) => {
        cleaner.ref()
        cleaner.once('exit', () => {
          resolve()
        })
        cleaner.stdin.end()
      }),
  }
}

/** PostgreSQL refuses to run as root, so root starts it as user `nobody`. Undefined for other users. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (option: string): number => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
