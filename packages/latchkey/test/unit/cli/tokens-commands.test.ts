// latchkey tokens and latchkey watch --once, against a real server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestServer } from '../../a-server.ts'
import { latchkey, type TerminalSettings } from '../../run-command.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const run = (args: readonly string[], terminal: TerminalSettings = {}) =>
  latchkey(args, { LATCHKEY_DATA_DIR: server.dataDir }, terminal)

interface Slots {
  readonly items: readonly { readonly scope: string; readonly live: { readonly jti: string } | null }[]
}

describe('tokens list', () => {
  test('and watch --once show every live token with the time it has left', async () => {
    const integration = await server.integration({ name: 'Listed' })
    await server.token(integration, PREDICT)
    for (const command of [
      ['tokens', 'list'],
      ['watch', '--once'],
    ]) {
      const { exitCode, stdout } = await run(command, { screen: true })
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(/^INTEGRATION +CLIENT ID +SCOPE +ISSUED +TIME LEFT$/m)
      expect(stdout).toMatch(
        new RegExp(`^Listed +${integration.clientId} +${PREDICT} +\\d+s ago +(?:1h|59m \\d+s)$`, 'm'),
      )
      const { stdout: wide } = await run([...command, '--wide'], { screen: true })
      expect(wide).toMatch(/^INTEGRATION +CLIENT ID +SCOPE +GENERATION +ISSUED +TIME LEFT +JTI /m)
      const { stdout: narrow } = await run(command, { screen: true, width: 60 })
      expect(narrow).toMatch(/^INTEGRATION.* TIME LEFT$/m)
    }
  })

  test('of one integration shows all its slots, also empty slots', async () => {
    const integration = await server.integration()
    await server.token(integration, MODEL)
    const { stdout } = await run(['tokens', 'list', integration.clientId, '--json'])
    const { items } = JSON.parse(stdout) as Slots
    expect(items.map(({ scope, live }) => [scope, live !== null]).toSorted()).toEqual([
      [MODEL, true],
      [PREDICT, false],
    ])
  })
})

describe('tokens history', () => {
  test('shows who requested each token, the newest first', async () => {
    const integration = await server.integration()
    await server.token(integration, PREDICT)
    await server.token(integration, PREDICT)
    const { exitCode, stdout } = await run(['tokens', 'history', integration.clientId, PREDICT])
    expect(exitCode).toBe(0)
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'))
    expect(rows.map(([generation, , now, requests, address]) => [generation, now, requests, address])).toEqual([
      ['2', 'live', '1', '127.0.0.1'],
      ['1', 'ended', '1', '127.0.0.1'],
    ])
    expect(rows[0]?.[6]).toMatch(/^sec_/)
  })

  test('of a scope that the integration never had is exit code 3', async () => {
    const integration = await server.integration({ scopes: [PREDICT] })
    expect(await run(['tokens', 'history', integration.clientId, 'nope'])).toMatchObject({ exitCode: 3, stdout: '' })
  })
})

describe('tokens revoke', () => {
  test('of one scope needs no confirmation and keeps the other token', async () => {
    const integration = await server.integration()
    const [predict, model] = [await server.token(integration, PREDICT), await server.token(integration, MODEL)]
    const { exitCode, stderr } = await run(['tokens', 'revoke', integration.clientId, '--scope', PREDICT])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `Revoked the token of ${PREDICT}.\n` })
    expect(await server.verify(predict)).toMatchObject({ status: 401, reason: 'revoked' })
    expect(await server.verify(model)).toMatchObject({ status: 200 })
  })

  test('of all tokens needs a confirmation, and prints how many ended', async () => {
    const integration = await server.integration({ name: 'All of it' })
    const token = await server.token(integration, PREDICT)
    const args = ['tokens', 'revoke', integration.clientId]
    expect(await run(args)).toMatchObject({ exitCode: 2 })
    const declined = await run(args, { answer: 'no' })
    expect(declined.exitCode).toBe(1)
    expect(declined.stderr).toContain('"All of it"')
    expect(await server.verify(token)).toMatchObject({ status: 200 })
    expect(JSON.parse((await run([...args, '--yes', '--json'])).stdout)).toEqual({ revoked: 1 })
    expect(await server.verify(token)).toMatchObject({ status: 401, reason: 'revoked' })
    expect((await run([...args, '--yes'])).stderr).toBe('No token was live.\n')
  })
})
