// latchkey serve cannot start, or gets a signal during its start: it ends at once and says why.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, rmdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../packages/latchkey/test/a-folder.ts'
import { type Outcome, startLatchkey, textOf, textUntil } from '../packages/latchkey/test/run-latchkey.ts'

const PORTS = { LATCHKEY_PORT: '0', LATCHKEY_ADMIN_PORT: '0', LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
/** The test kills a server whose start hangs. That server then has no exit code. */
const PATIENCE = 60_000

async function serve(env: Readonly<Record<string, string>>): Promise<Outcome> {
  const child = startLatchkey(['serve'], { ...PORTS, ...env })
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  const [stdout, stderr, exitCode] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ])
  clearTimeout(patience)
  return { exitCode, stdout, stderr }
}

/** Starts a server, waits until it is ready, stops it, and returns its output. */
async function serveAndStop(dataDir: string): Promise<string> {
  const child = startLatchkey(['serve'], { ...PORTS, LATCHKEY_DATA_DIR: dataDir })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const said = await textUntil(child.stdout, 'integrations list')
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  return said
}

async function aTakenPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return String((server.address() as AddressInfo).port)
}

test.each(['LATCHKEY_PORT', 'LATCHKEY_ADMIN_PORT'])(
  'a server whose port (%s) is taken ends, and the next start on the folder behaves like a first start',
  async (setting) => {
    const dataDir = aFolder()
    const refused = await serve({ LATCHKEY_DATA_DIR: dataDir, [setting]: await aTakenPort() })
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain(`another port with ${setting}`)
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false)
    const next = await serveAndStop(dataDir)
    expect(next).toContain('This is the first start')
  },
)

test('a server that cannot decrypt the record of its signing key ends', async () => {
  const dataDir = aFolder()
  await serveAndStop(dataDir)
  const database = new DatabaseSync(join(dataDir, 'latchkey.db'))
  database.exec(`UPDATE signing_key SET sealed_private = x'00'`)
  database.close()
  expect(await serve({ LATCHKEY_DATA_DIR: dataDir })).toMatchObject({ exitCode: 1, stdout: '' })
})

test.each(['admin.key', 'master.key', 'server.json'])(
  'a new server that cannot write %s ends and names the file, and starts once the cause is removed',
  async (file) => {
    const dataDir = aFolder()
    const obstacle = join(dataDir, file)
    mkdirSync(obstacle)
    const refused = await serve({ LATCHKEY_DATA_DIR: dataDir })
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain(obstacle)
    expect(refused.stderr).not.toMatch(/\n {4}at /)
    rmdirSync(obstacle)
    await serveAndStop(dataDir)
  },
)

test.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT'] as const)(
  'a starting server that waits for its disk and gets %s ends by that signal',
  async (signal) => {
    const folder = aFolder()
    const dataDir = join(folder, 'data')
    // No process writes into this named pipe, so the starting server waits when it opens the pipe.
    const masterKeyFile = join(folder, 'pipe')
    expect(spawnSync('mkfifo', [masterKeyFile]).status).toBe(0)
    const child = startLatchkey(['serve'], {
      ...PORTS,
      LATCHKEY_DATA_DIR: dataDir,
      LATCHKEY_MASTER_KEY_FILE: masterKeyFile,
    })
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    const ended = new Promise((resolve) =>
      child.once('exit', (_code, by) => {
        resolve(by)
      }),
    )
    while (!existsSync(join(dataDir, 'latchkey.db'))) await new Promise((resolve) => setImmediate(resolve))
    child.kill(signal)
    expect(await ended).toBe(signal)
    clearTimeout(patience)
    rmSync(masterKeyFile)
  },
)
