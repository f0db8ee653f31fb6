// The operating system refuses to make a folder: every command that needs such a folder reports the refusal at once,
// and ends.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { spawnSync } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../packages/latchkey/test/a-folder.ts'
import { exitOf, type Outcome, startLatchkey, textOf } from '../packages/latchkey/test/run-latchkey.ts'
import { createIntegration, readAdminKey } from './integrations.ts'
import { aTemporaryFolder, startRealServer } from './real-server.ts'

const PORTS = { LATCHKEY_PORT: '0', LATCHKEY_ADMIN_PORT: '0', LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
/** `/proc` is a folder and contains folders, but answers a request for a new folder with "no such file". */
const IMPOSSIBLE = '/proc/nope'
/** The test kills a command that hangs. That command then has no exit code. */
const LONGEST = 60_000

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const child = startLatchkey(args, env)
  const killer = setTimeout(() => child.kill('SIGKILL'), LONGEST)
  onTestFinished(() => void child.kill('SIGKILL'))
  const [stdout, stderr, exitCode] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exitOf(child)])
  clearTimeout(killer)
  return { exitCode, stdout, stderr }
}

/** The last line of the output is the error. Log lines of the start may precede it. */
function expectOneSentence({ exitCode, stdout, stderr }: Outcome, folder: string): void {
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  const sentences = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('{'))
  expect(sentences).toEqual([expect.stringContaining(folder)])
}

async function aBackup(): Promise<{ readonly file: string; readonly dataDir: string }> {
  const dataDir = aTemporaryFolder()
  const server = await startRealServer({ dataDir, env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })
  await createIntegration(server)
  const file = join(aFolder(), 'one.backup')
  const authorization = `Bearer ${readAdminKey(server).reveal()}`
  const answer = await fetch(`${server.adminUrl}/admin/v1/backup`, { headers: { authorization } })
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
  await server.stop()
  return { file, dataDir }
}

describe.runIf(process.platform === 'linux')('a folder below a parent that cannot hold folders', () => {
  test.each([IMPOSSIBLE, `${IMPOSSIBLE}/deeper/still`, '/dev/null/nope'])(
    'a server whose data folder is %s prints one sentence and ends',
    async (folder) => {
      expectOneSentence(await run(['serve'], { ...PORTS, LATCHKEY_DATA_DIR: folder }), folder)
    },
  )

  test('a restore and a copy to the folder print one sentence and end, and the source store is unchanged', async () => {
    const { file, dataDir } = await aBackup()
    const rows = (): unknown => {
      const database = new DatabaseSync(join(dataDir, 'latchkey.db'))
      try {
        return database.prepare('SELECT client_id, version FROM integration ORDER BY client_id').all()
      } finally {
        database.close()
      }
    }
    const before = rows()
    expectOneSentence(await run(['restore', file, '--to', IMPOSSIBLE]), IMPOSSIBLE)
    expectOneSentence(await run(['copy', '--from', dataDir, '--to', IMPOSSIBLE]), IMPOSSIBLE)
    expect(rows()).toEqual(before)
  })

  test('an agent that must make its socket or its key in the folder prints one sentence and ends', async () => {
    const folder = aFolder()
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'lks_something', { mode: 0o600 })
    const client = { client_id: 'lkabcdefghijklmn', client_secret_file: secret, scopes: ['machinelearning.predict'] }
    const integrations = [{ name: 'one', issuer: 'http://127.0.0.1:9/oauth2/x', ...client }]
    const start = (settings: object): Promise<Outcome> => {
      const config = join(folder, 'agent.json')
      writeFileSync(config, JSON.stringify({ socket: join(folder, 'agent.sock'), integrations, ...settings }))
      return run(['agent', '--config', config])
    }
    expectOneSentence(await start({ socket: `${IMPOSSIBLE}/agent.sock` }), IMPOSSIBLE)
    const { exitCode, stderr } = await start({ http: { port: 0 }, agent_key_file: `${IMPOSSIBLE}/key` })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`agent_key_file names ${IMPOSSIBLE}/key, which cannot be made (ENOENT)`)
  })
})

test.skipIf(process.platform === 'win32')(
  'a setting that names a pipe without a writer is refused at once',
  async () => {
    const folder = join(aFolder(), 'settings')
    mkdirSync(folder)
    const pipe = join(folder, 'pipe')
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
    const tls = { LATCHKEY_TLS_CERT_FILE: pipe, LATCHKEY_TLS_KEY_FILE: pipe }
    for (const settings of [tls, { LATCHKEY_DATABASE_URL_FILE: pipe }]) {
      const { exitCode, stderr } = await run(['serve'], {
        ...PORTS,
        LATCHKEY_DATA_DIR: join(folder, 'data'),
        ...settings,
      })
      expect(exitCode).toBe(2)
      expect(stderr).toContain(Object.keys(settings)[0])
      expect(stderr).toContain('is not a regular file')
    }
  },
)
