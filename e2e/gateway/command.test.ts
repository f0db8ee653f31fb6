// The command `latchkey gateway`: it refuses bad configurations, stops cleanly, and prints no secret.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startGateway, startSandbox } from '../../examples/demo/programs.ts'
import { freePort } from '../free-port.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { aTemporaryFolder, startRealServer } from '../real-server.ts'
import { startCli } from '../run-cli.ts'

const aFile = (text: string): string => {
  const path = join(aTemporaryFolder(), 'gateway.yaml')
  writeFileSync(path, text)
  return path
}

const CREDENTIALS = { LATCHKEY_CLIENT_ID: 'lk0123456789abcd', LATCHKEY_CLIENT_SECRET: 'lks_planted' }

test('the gateway reports all problems of its file at once, with exit code 2 and without a secret', async () => {
  const path = aFile('issuer: nowhere\nlisten: { prot: 1 }\n')
  const gateway = startCli(['gateway', '--config', path], CREDENTIALS)
  expect(await gateway.exited).toMatchObject({ code: 2 })
  const text = gateway.stderr()
  for (const setting of ['issuer is "nowhere"', 'listen.prot is not a setting', 'upstream is not set']) {
    expect(text).toContain(setting)
  }
  expect(text).toContain('Did you mean listen.port?')
  expect(text).not.toContain('planted')
})

test('without a file the gateway says what to do, with exit code 2', async () => {
  const gateway = startCli(['gateway'], {})
  expect(await gateway.exited).toMatchObject({ code: 2 })
  expect(gateway.stderr()).toContain('--print-config')
})

test('the gateway accepts the example file that it prints', async () => {
  const printing = startCli(['gateway', '--print-config'], {})
  expect(await printing.exited).toMatchObject({ code: 0 })
  const gateway = startCli(['gateway', '--config', aFile(printing.stdout())], {})
  await gateway.exited
  // The configuration is complete except for the credentials.
  expect(gateway.stderr()).toContain('2 settings need attention')
  expect(gateway.stderr()).toContain('LATCHKEY_CLIENT_ID is not set')
})

test('a port that is taken is reported with exit code 1', async () => {
  const server = await startRealServer()
  const { port } = new URL(server.publicUrl)
  const path = aFile(
    `issuer: ${server.issuer}\nupstream: http://127.0.0.1:1\nlisten: { port: ${port} }\nstatus: { port: 0 }\n`,
  )
  const gateway = startCli(['gateway', '--config', path], CREDENTIALS)
  expect(await gateway.exited).toMatchObject({ code: 1 })
  expect(gateway.stderr()).toContain('is taken by another program')
  expect(gateway.stderr()).toContain('listen.port')
})

test('the gateway can start before the server, answers 503 until it can verify tokens, and stops with exit code 0', async () => {
  const sandbox = await startSandbox()
  onTestFinished(async () => void (await sandbox.stop()))
  const port = String(await freePort())
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_PORT: port }
  const first = await startRealServer({ dataDir, env })
  const reader = await createIntegration(first, { name: 'Gateway', resource_server: true })
  const client = await createIntegration(first, { scopes: [PREDICT] })
  const token = async () => {
    const url = `${first.issuer}/v1/token?grant_type=client_credentials`
    const response = await fetch(url, { method: 'POST', headers: { authorization: client.basic } })
    return ((await response.json()) as { access_token: string }).access_token
  }
  const live = await token()
  await first.stop()
  const file = aFile(
    `issuer: ${first.issuer}\nupstream: ${sandbox.ready}\nlisten: { port: 0 }\nstatus: { port: 0 }\nlog: { format: json }\n`,
  )
  const gateway = await startGateway(file, {
    LATCHKEY_CLIENT_ID: reader.clientId,
    LATCHKEY_CLIENT_SECRET: reader.clientSecret.reveal(),
  })
  onTestFinished(async () => void (await gateway.stop()))
  const ask = () => fetch(`${gateway.ready.url}/ai/usecase`, { headers: { authorization: `Bearer ${live}` } })
  const early = await ask()
  expect({ status: early.status, retryAfter: early.headers.get('retry-after') }).toEqual({
    status: 503,
    retryAfter: '1',
  })
  expect((await fetch(`${gateway.ready.status_url}/readyz`)).status).toBe(503)
  await startRealServer({ dataDir, env })
  await expect.poll(async () => (await ask()).status, { timeout: 20_000, interval: 100 }).toBe(200)
  await expect.poll(async () => (await fetch(`${gateway.ready.status_url}/readyz`)).status, { timeout: 5000 }).toBe(200)
  expect(await gateway.stop()).toBe(0)
})
