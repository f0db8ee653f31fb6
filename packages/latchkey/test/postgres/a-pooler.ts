// Runs PgBouncer between a server and its database. PgBouncer ends with the running test.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { freePort } from '../../../../e2e/free-port.ts'
import { atPort } from './databases.ts'

export type PoolMode = 'session' | 'transaction' | 'statement'

export interface Pooler {
  /** The URL of the database through the pooler. */
  readonly url: string
  /** Changes the pool mode. */
  readonly pool: (mode: PoolMode) => Promise<void>
}

/** Starts a pooler. `settings` are lines of pgbouncer.ini. */
export async function aPooler(url: string, mode: PoolMode, settings: readonly string[] = []): Promise<Pooler> {
  const { hostname, port: databasePort, username, password } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pooler-'))
  // PgBouncer gives up its root rights, and reads its file again later.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  const database = `host=${hostname} port=${databasePort} user=${username}${password === '' ? '' : ` password=${password}`}`
  const write = (now: PoolMode): void => {
    writeFileSync(
      file,
      `[databases]
* = ${database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${String(port)}
unix_socket_dir =
auth_type = any
admin_users = ${username}
pool_mode = ${now}
${settings.join('\n')}
`,
    )
  }
  write(mode)
  const asRoot = process.getuid?.() === 0
  const userOptions = asRoot ? ['-u', 'nobody'] : []
  // The pipe breaks when this process ends, even if it crashes. Then the shell stops PgBouncer and cleans up.
  const child = spawn('sh', ['-c', CLEAN_UP, folder, ...userOptions, file], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  onTestFinished(async () => {
    child.stdin.end()
    if (child.exitCode === null) await once(child, 'exit')
  })
  const through = atPort(url, port)
  const administer = Object.assign(new URL(through), { pathname: '/pgbouncer' }).href
  const command = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: administer })
    await client.connect()
    await client.query(text)
    await client.end()
  }
  await eventually(
    () =>
      command('SHOW VERSION').then(
        () => true,
        () => undefined,
      ),
    { within: 60_000, what: 'the pooler' },
  )
  return {
    url: through,
    pool: async (now) => {
      write(now)
      await command('RELOAD')
    },
  }
}

const CLEAN_UP = 'pgbouncer "$@" & cat >/dev/null; kill -9 $!; wait; rm -rf "$0"'
