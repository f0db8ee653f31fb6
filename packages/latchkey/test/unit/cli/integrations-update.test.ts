// latchkey integrations update, against a real server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../a-server.ts'
import { latchkey } from '../../run-command.ts'
import { forward, standIn } from './stand-in.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const integrations = (...args: readonly string[]) =>
  latchkey(['integrations', ...args], { LATCHKEY_DATA_DIR: server.dataDir })

const created = async (name: string): Promise<{ readonly id: string }> => {
  const { stdout } = await integrations('create', '--name', name, '--scope', 'machinelearning.predict', '--json')
  return JSON.parse(stdout) as { readonly id: string }
}

describe('integrations update', () => {
  test('changes the given members and keeps the other members', async () => {
    const { id } = await created('Before')
    const update = ['update', id, '--name', 'After', '--add-scope', 'machinelearning.model', '--tag', 'x']
    expect(await integrations(...update)).toMatchObject({ exitCode: 0, stdout: '' })
    const shown = JSON.parse((await integrations('get', id, '--json')).stdout) as unknown
    expect(shown).toMatchObject({
      name: 'After',
      scopes: ['machinelearning.predict', 'machinelearning.model'],
      tags: ['x'],
      issue_mode: { kind: 'replace' },
    })
    await integrations('update', id, '--remove-scope', 'machinelearning.predict', '--clear-tags')
    expect(JSON.parse((await integrations('get', id, '--json')).stdout)).toMatchObject({
      name: 'After',
      scopes: ['machinelearning.model'],
      tags: [],
    })
  })

  test('names every problem of a request, and changes nothing', async () => {
    const { id } = await created('Untouched')
    const { exitCode, stderr } = await integrations('update', id, '--name', '', '--grace', '1h')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('/name')
    expect(stderr).toContain('/grace_seconds')
    expect((await integrations('show', id)).stdout).toContain('Untouched')
  })

  test.each([
    [['--scope', 'a', '--add-scope', 'b'], '--scope'],
    [['--tag', 'a', '--clear-tags'], '--clear-tags'],
    [['--allow', '10.0.0.1', '--allow-any'], '--allow-any'],
    [['--resource-server-for', 'a', '--clear-resource-server'], '--clear-resource-server'],
  ])('with the contradicting options %j is exit code 2', async (args, word) => {
    const { exitCode, stderr } = await integrations('update', 'lk0123456789abcd', ...args)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(word)
  })

  test('is exit code 3 if another operator changed the integration first, and does not overwrite that change', async () => {
    const { id } = await created('Contested')
    // Another operator changes the integration after the command has read it and before the command writes it.
    const proxy = await standIn(async (request, response) => {
      if (request.method === 'PATCH') await integrations('update', id, '--description', 'theirs')
      await forward(server.adminUrl, request, response)
    })
    const env = { LATCHKEY_ADMIN_URL: proxy, LATCHKEY_ADMIN_KEY: server.adminKey.reveal() }
    const { exitCode, stderr } = await latchkey(['integrations', 'update', id, '--description', 'mine'], env)
    expect(exitCode).toBe(3)
    expect(stderr).toContain('another operator changed the record')
    expect((await integrations('show', id)).stdout).toContain('theirs')
  })
})
