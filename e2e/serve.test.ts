// latchkey serve as a process: its output, its stop, and the reasons for which it does not start.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { aFolder } from '../packages/latchkey/test/a-folder.ts'
import { exitOf, runLatchkey, startLatchkey, textOf, textUntil } from '../packages/latchkey/test/run-latchkey.ts'
import { eventually } from './eventually.ts'
import { startOnTerminal } from './run-cli.ts'

const PORTS = { LATCHKEY_PORT: '0', LATCHKEY_ADMIN_PORT: '0', LATCHKEY_SIGNING_ALG: 'ES256' }
const READY = 'integrations list'

async function aServerProcess(env: Readonly<Record<string, string>>) {
  const child = startLatchkey(['serve'], { ...PORTS, ...env })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const log = textOf(child.stderr)
  const message = await textUntil(child.stdout, READY)
  return { child, message, log, exited: exitOf(child) }
}

test('the first start shows the demo, a later start does not, and no secret is logged', async () => {
  const folder = aFolder()
  const first = startLatchkey(['serve'], { ...PORTS, LATCHKEY_DATA_DIR: folder })
  const log = textOf(first.stderr)
  const message = await textUntil(first.stdout, 'Ctrl+C')
  const [, secret = ''] = /CLIENT_SECRET='(lks_[^']+)'/.exec(message) ?? []
  expect(secret).toHaveLength(40)
  first.kill('SIGTERM')
  expect(await exitOf(first)).toBe(0)
  expect(await log).toContain('"event":"server.started"')
  expect(await log).not.toContain(secret)
  const second = await aServerProcess({ LATCHKEY_DATA_DIR: folder })
  expect(second.message).not.toContain('CLIENT_SECRET')
})

test.skipIf(!has('script'))(
  'on a terminal the set-up link is printed after the log lines of the start, so that it stays visible',
  async () => {
    const env = { ...PORTS, LATCHKEY_DATA_DIR: aFolder(), LATCHKEY_DEMO: 'off' }
    const server = startOnTerminal(['serve'], env)
    await eventually(() => server.stdout().includes('Ctrl+C'), { within: 60_000, what: 'the start message is printed' })
    const message = server.stdout()
    const [issuer = ''] = /http:\/\/127\.0\.0\.1:\d+\/oauth2\/\w+/.exec(message) ?? []
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'machinelearning.predict' })
    const headers = { authorization: `Basic ${btoa('lkunknown:wrong')}` }
    expect((await fetch(`${issuer}/v1/token`, { method: 'POST', headers, body: form })).status).toBe(401)
    expect(message).toContain('/set-up#')
    expect(server.stdout()).toBe(message)
    expect(message).not.toContain('INFO')
  },
)

test('LATCHKEY_DEMO=off makes the first start without the demo', async () => {
  const folder = aFolder()
  const { child, message, exited } = await aServerProcess({ LATCHKEY_DATA_DIR: folder, LATCHKEY_DEMO: 'off' })
  expect(message).not.toContain('CLIENT_SECRET')
  expect((await runLatchkey(['integrations', 'list', '--json'], { LATCHKEY_DATA_DIR: folder })).stdout).toContain(
    '"items": []',
  )
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

describe('a stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s is clean: exit code 0, and server.json is removed',
    async (signal) => {
      const folder = aFolder()
      const { child, exited } = await aServerProcess({ LATCHKEY_DATA_DIR: folder })
      expect(existsSync(join(folder, 'server.json'))).toBe(true)
      child.kill(signal)
      expect(await exited).toBe(0)
      expect(existsSync(join(folder, 'server.json'))).toBe(false)
    },
  )
})

describe('a start that fails', () => {
  test('because of its configuration gives exit code 2 with every problem, and makes no file', async () => {
    const folder = join(aFolder(), 'data')
    const env = { LATCHKEY_DATA_DIR: folder, LATCHKEY_DEMO: 'maybe', LATCHKEY_PROT: '1' }
    const { exitCode, stdout, stderr } = await runLatchkey(['serve', '--listen-all'], env)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    for (const word of ['LATCHKEY_DEMO', 'LATCHKEY_PROT', '--listen-all']) expect(stderr).toContain(word)
    expect(existsSync(folder)).toBe(false)
  })

  test('because another server has the data folder gives exit code 1 and names its process', async () => {
    const folder = aFolder()
    const { child } = await aServerProcess({ LATCHKEY_DATA_DIR: folder })
    const { exitCode, stderr } = await runLatchkey(['serve'], { ...PORTS, LATCHKEY_DATA_DIR: folder })
    expect(exitCode).toBe(1)
    expect(stderr).toContain(String(child.pid))
    expect(stderr).not.toContain('    at ')
  })

  test('because the port is taken gives exit code 1 and names the setting', async () => {
    const { message } = await aServerProcess({ LATCHKEY_DATA_DIR: aFolder() })
    const [, port = ''] = /127\.0\.0\.1:(\d+)\/oauth2/.exec(message) ?? []
    const env = { ...PORTS, LATCHKEY_DATA_DIR: aFolder(), LATCHKEY_PORT: port }
    const { exitCode, stderr } = await runLatchkey(['serve'], env)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('LATCHKEY_PORT')
    expect(stderr).not.toContain('    at ')
  })
})
