// A PostgreSQL server of the tests' own: a temporary cluster on a free port, gone when the tests are over.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chownSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../e2e/free-port.ts'

const DEBIAN = '/usr/lib/postgresql'

const folderOf = (version: number): string => join(DEBIAN, String(version), 'bin')

/** Major versions of Debian's packages that can be run here, the newest first. */
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

/** The folder of initdb, pg_ctl and pg_dump: of the newest version unless another one is named. */
export function postgresPrograms(version = installedVersions()[0]): string {
  if (version === undefined) throw new Error('PostgreSQL is not installed')
  return folderOf(version)
}

export interface Cluster {
  readonly port: number
  /** Holds the data, and what is archived. */
  readonly folder: string
  /** Of the database `postgres`, as the one who may do everything. */
  readonly url: string
  start(): Promise<void>
  /** `fast`: sessions are ended. `immediate`: as after a power cut. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Makes a standby the one that writes. */
  promote(): Promise<void>
  /**
   * Acknowledges what the cluster writes as a synchronous standby named `pg_receivewal` would. Ends with the cluster.
   */
  receiveWal(): void
  /** Stopped and removed. */
  remove(): Promise<void>
}

/**
 * `settings` are lines of postgresql.conf. Of the newest version unless another one is named. Ends with this process
 * at the latest.
 */
export const startCluster = (settings: readonly string[] = [], version?: number): Promise<Cluster> =>
  launch(
    settings,
    ({ run, data }) =>
      run('initdb', ['-D', data, '-U', 'latchkey', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']),
    version,
  )

/** A copy of the cluster that follows it, and acknowledges under this name. */
export const startStandby = ({ port }: Cluster, name: string): Promise<Cluster> =>
  launch([], ({ run, data }) =>
    run('pg_basebackup', [
      ...['-D', data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'],
      ...['-d', `host=127.0.0.1 port=${String(port)} user=latchkey application_name=${name}`],
    ]),
  )

/** Settings of a cluster that keeps its log for recoveries. */
export const ARCHIVING = ['archive_mode=on', 'archive_command=cp %p ../%f']

export interface BaseBackup {
  /** Started from this backup and the log up to a restore point, as of then; it writes on a timeline of its own. */
  recoverTo(restorePoint: string): Promise<Cluster>
}

/** Of a cluster that archives. */
export async function takeBaseBackup({ port, folder }: Cluster): Promise<BaseBackup> {
  const [taken, requested] = [Promise.withResolvers<undefined>(), Promise.withResolvers<string>()]
  const cluster = launch([], async ({ data, run }) => {
    const source = `host=127.0.0.1 port=${String(port)} user=latchkey`
    await run('pg_basebackup', ['-D', data, '-X', 'none', '-c', 'fast', '--no-sync', '-d', source])
    taken.resolve(undefined)
    const until = [`restore_command = 'cp ${folder}/%f %p'`, `recovery_target_name = '${await requested.promise}'`]
    // prettier-ignore
    appendFileSync(join(data, 'postgresql.auto.conf'), `${[...until, `recovery_target_action = 'promote'`].join('\n')}\n`)
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
        else reject(new Error(`${program} ${args.at(-1) ?? ''} ended with ${String(code)}`))
      })
    })
  await make({ data, run })
  const port = await freePort()
  const options = [`port=${String(port)}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=`, ...settings]
  const flags = options.map((option) => `-c "${option}"`).join(' ')
  const start = (): Promise<void> => run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', flags, 'start'])
  await start()
  // However this process ends, the pipe to this one breaks then, and it cleans up.
  // prettier-ignore
  const mourner = spawn('sh', ['-c', 'cat >/dev/null; "$0" -D "$1" -m immediate stop; rm -rf "$2"', join(programs, 'pg_ctl'), data, folder], { ...user, cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  mourner.unref()
  ;(mourner.stdin as Socket).unref()
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
        mourner.ref()
        mourner.once('exit', () => {
          resolve()
        })
        mourner.stdin.end()
      }),
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user `nobody`. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (option: string): number => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
