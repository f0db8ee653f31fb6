// latchkey watch on a running server: it prints each change as it happens, draws a table that counts down, and ends
// cleanly.
import { describe, expect, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { Connection } from './connection.ts'
import { eventually, promptly } from './eventually.ts'
import { createIntegration, PREDICT } from './integrations.ts'
import { startRealServer } from './real-server.ts'
import { startCli, startOnTerminal } from './run-cli.ts'

const ES256 = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }

test('without a terminal each change is one line of JSON, and SIGINT ends watch with exit code 130', async () => {
  const server = await startRealServer({ env: ES256 })
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const watch = startCli(['watch'], { LATCHKEY_DATA_DIR: server.dataDir })
  // The test cannot see when the command has subscribed. It requests tokens until the command prints one.
  await eventually(
    async () => {
      await connection.token(integration)
      return watch.stdout().includes('\n')
    },
    { within: 60_000, what: 'an issuance is printed' },
  )
  watch.child.kill('SIGINT')
  const exit = await promptly(watch.exited, { within: 60_000, what: 'the watch ends' })
  expect(exit).toEqual({ code: 130, signal: null })
  const [first] = watch
    .stdout()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(first).toMatchObject({ event: 'issuance', data: { client_id: integration.clientId, scope: PREDICT } })
  expect(watch.stderr()).toBe('')
  connection.close()
})

test('watch ends when the reader of its output has closed the pipe', async () => {
  const server = await startRealServer({ env: ES256 })
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const watch = startCli(['watch'], { LATCHKEY_DATA_DIR: server.dataDir })
  watch.child.stdout?.destroy()
  let ended = false
  void watch.exited.then(() => {
    ended = true
  })
  await eventually(
    async () => {
      await connection.token(integration)
      return ended
    },
    { within: 60_000, what: 'the watch ends' },
  )
  expect(await watch.exited).toEqual({ code: 0, signal: null })
  connection.close()
})

test('when the server stops, watch reports that and ends with exit code 5', async () => {
  const server = await startRealServer({ env: ES256 })
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const watch = startCli(['watch'], { LATCHKEY_DATA_DIR: server.dataDir, LATCHKEY_ADMIN_URL: server.adminUrl })
  await eventually(
    async () => {
      await connection.token(integration)
      return watch.stdout() !== ''
    },
    { within: 60_000, what: 'an issuance is printed' },
  )
  connection.close()
  server.kill('SIGTERM')
  const exit = await promptly(watch.exited, { within: 60_000, what: 'the watch ends' })
  expect(exit).toEqual({ code: 5, signal: null })
  expect(watch.stderr()).toContain('No server can be reached')
})

test('when its admin key is revoked, watch is disconnected and ends with exit code 4', async () => {
  const server = await startRealServer({ env: ES256 })
  const owner = { LATCHKEY_DATA_DIR: server.dataDir }
  const make = startCli(['admin-keys', 'create', '--name', 'Watcher', '--role', 'viewer', '--json'], owner)
  await make.exited
  const { id, admin_key } = JSON.parse(make.stdout()) as { id: string; admin_key: string }
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const watch = startCli(['watch'], { LATCHKEY_ADMIN_URL: server.adminUrl, LATCHKEY_ADMIN_KEY: admin_key })
  await eventually(
    async () => {
      await connection.token(integration)
      return watch.stdout() !== ''
    },
    { within: 60_000, what: 'an issuance is printed' },
  )
  connection.close()
  await startCli(['admin-keys', 'revoke', id, '--yes'], owner).exited
  const exit = await promptly(watch.exited, { within: 60_000, what: 'the watch ends' })
  expect(exit).toEqual({ code: 4, signal: null })
  expect(`${watch.stdout()}${watch.stderr()}`).not.toContain(admin_key)
})

describe.skipIf(!has('script'))('on a terminal', () => {
  test('watch redraws the live tokens with their remaining times, until Ctrl+C', async () => {
    const server = await startRealServer({ env: ES256 })
    const integration = await createIntegration(server, { name: 'Counted down' })
    const connection = new Connection(server)
    await connection.token(integration)
    const watch = startOnTerminal(['watch'], { LATCHKEY_DATA_DIR: server.dataDir })
    const timesLeft = (): readonly string[] => [...new Set(watch.stdout().match(/59m \d+s/g) ?? [])]
    await eventually(() => timesLeft().length >= 2, { within: 60_000, what: 'the time left goes down' })
    expect(watch.stdout()).toContain('Counted down')
    expect(watch.stdout()).toContain('\u001b[1mINTEGRATION')
    watch.child.stdin?.write('\u0003')
    const exit = await promptly(watch.exited, { within: 60_000, what: 'the watch ends' })
    expect(exit.code).toBe(130)
    connection.close()
  })

  test('watch with NO_COLOR draws the table without colours', async () => {
    const server = await startRealServer({ env: { LATCHKEY_SIGNING_ALG: 'ES256' } })
    const list = startOnTerminal(['integrations', 'list'], { LATCHKEY_DATA_DIR: server.dataDir, NO_COLOR: '1' })
    const exit = await promptly(list.exited, { within: 60_000, what: 'the list ends' })
    expect(exit.code).toBe(0)
    expect(list.stdout()).toMatch(/^NAME +CLIENT ID/)
    expect(list.stdout()).not.toContain('\u001b')
  })
})
