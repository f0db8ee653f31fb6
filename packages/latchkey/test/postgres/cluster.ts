// A PostgreSQL server of the tests' own: a temporary cluster on a free port, gone when the tests are over.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../e2e/free-port.ts'

const DEBIAN = '/usr/lib/postgresql'

/** The folder of initdb and pg_ctl: Debian's newest, or what the PATH has. */
export function postgresPrograms(): string | undefined {
  const found = versions().map((version) => join(DEBIAN, version, 'bin'))
  return found.find((folder) => spawnSync(join(folder, 'initdb'), ['--version']).status === 0)
}

function versions(): readonly string[] {
  try {
    return readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one))
  } catch {
    return []
  }
}

export interface Cluster {
  readonly port: number
  readonly folder: string
  /** Of the database `postgres`, as the one who may do everything. */
  readonly url: string
  start(): void
  /** `fast`: sessions are ended. `immediate`: as after a power cut. */
  stop(mode: 'fast' | 'immediate'): void
  /** Stopped and removed. */
  remove(): Promise<void>
}

/** `settings` are lines of postgresql.conf. Ends with this process at the latest. */
export async function startCluster(settings: readonly string[] = []): Promise<Cluster> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
  const user = unprivileged()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(join(programs, program), args, {
      ...user,
      cwd: folder,
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin' },
    })
  }
  run('initdb', ['-D', data, '-U', 'latchkey', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'])
  const port = await freePort()
  const options = [`port=${String(port)}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=`, ...settings]
  const start = (): void => {
    const flags = options.map((option) => `-c "${option}"`).join(' ')
    run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', flags, 'start'])
  }
  const stop = (mode: 'fast' | 'immediate'): void => {
    run('pg_ctl', ['-D', data, '-w', '-m', mode, 'stop'])
  }
  start()
  // However this process ends, the pipe to this one breaks then, and it cleans up.
  const mourner = spawn('sh', ['-c', 'cat >/dev/null; "$0" -D "$1" -m immediate stop; rm -rf "$2"', join(programs, 'pg_ctl'), data, folder], { ...user, cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] }) // prettier-ignore
  mourner.unref()
  ;(mourner.stdin as Socket).unref()
  return {
    port,
    folder,
    url: `postgres://latchkey@127.0.0.1:${String(port)}/postgres`,
    start,
    stop,
    remove: () =>
      new Promise((resolve) => {
        mourner.once('exit', () => {
          resolve()
        })
        mourner.stdin.end()
      }),
  }
}

/** PostgreSQL refuses to run as root: then it runs as nobody. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (option: string): number => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
