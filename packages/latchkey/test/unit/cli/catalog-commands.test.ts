// latchkey scopes and latchkey apis, against a real server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestServer } from '../../a-server.ts'
import { latchkey, type TerminalSettings } from '../../run-command.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const run = (args: readonly string[], terminal: TerminalSettings = {}) =>
  latchkey(args, { LATCHKEY_DATA_DIR: server.dataDir }, terminal)

const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse((await run([...args, '--json'])).stdout)

test('the scopes and APIs of a new store are listed', async () => {
  const { stdout: scopes } = await run(['scopes', 'list'], { screen: true })
  expect(scopes).toMatch(/^SCOPE +AUDIENCE +INTEGRATIONS +LIVE TOKENS +APIS$/m)
  expect(scopes).toMatch(/^machinelearning\.predict +api:\/\/default +/m)
  const { items } = (await json('apis', 'list')) as { items: unknown[] }
  expect(items).toHaveLength(5)
})

describe('a scope', () => {
  test('is made, shown, changed and deleted', async () => {
    const made = ['scopes', 'create', 'reports.read', '--description', 'Read', '--audience', 'api://reports']
    expect(await run(made)).toMatchObject({ exitCode: 0, stderr: 'Made the scope reports.read.\n' })
    expect(await json('scopes', 'get', 'reports.read')).toMatchObject({
      audience: 'api://reports',
      description: 'Read',
    })
    await run(['scopes', 'update', 'reports.read', '--default-audience'])
    expect(await json('scopes', 'show', 'reports.read')).toMatchObject({
      audience_is_default: true,
      description: 'Read',
    })
    expect(await json('scopes', 'delete', 'reports.read', '--yes')).toEqual({ name: 'reports.read', deleted: true })
    expect(await run(['scopes', 'show', 'reports.read'])).toMatchObject({ exitCode: 3 })
  })

  test('that exists already is exit code 3', async () => {
    expect(await run(['scopes', 'create', PREDICT])).toMatchObject({ exitCode: 3, stdout: '' })
  })

  test('in use is deleted only with --force, and the command says what ends with it', async () => {
    await run(['scopes', 'create', 'busy.scope'])
    await run(['integrations', 'create', '--name', 'x', '--scope', 'busy.scope'])
    const refused = await run(['scopes', 'delete', 'busy.scope', '--yes'])
    expect(refused.exitCode).toBe(3)
    expect(refused.stderr).toMatch(/--force.*integrations that lose it: 1,/)
    expect(await json('scopes', 'delete', 'busy.scope', '--yes')).toMatchObject({
      error: { code: 'scope_in_use', exit_code: 3, in_use: { integrations: 1 } },
    })
    const requested = await run(['scopes', 'delete', 'busy.scope', '--force'], { answer: 'y' })
    expect(requested.exitCode).toBe(0)
    expect(requested.stderr).toContain('integrations that lose it: 1')
  })

  test('with two options that exclude each other, or without any option, is exit code 2', async () => {
    const both = ['scopes', 'update', PREDICT, '--audience', 'a', '--default-audience']
    expect(await run(both)).toMatchObject({ exitCode: 2 })
    expect(await run(['scopes', 'update', PREDICT])).toMatchObject({ exitCode: 2 })
  })
})

describe('an API', () => {
  test('is made, shown, changed and deleted, by its name or its id', async () => {
    const made = await json('apis', 'create', '--name', 'Reports', '--scope', PREDICT, '--route', '/v1/reports/**')
    const { id } = made as { id: string }
    expect(await json('apis', 'update', 'Reports', '--description', 'new')).toMatchObject({
      id,
      routes: ['/v1/reports/**'],
    })
    expect(await json('apis', 'show', id)).toMatchObject({ name: 'Reports', description: 'new' })
    expect(await run(['apis', 'delete', 'Reports'], { answer: 'y' })).toMatchObject({ exitCode: 0 })
    expect(await run(['apis', 'show', id])).toMatchObject({ exitCode: 3 })
  })

  test('that does not exist is exit code 3', async () => {
    expect(await run(['apis', 'show', 'No such'])).toMatchObject({ exitCode: 3, stdout: '' })
  })
})
