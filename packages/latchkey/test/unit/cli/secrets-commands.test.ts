// latchkey secrets, against a real server.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../../a-server.ts'
import { latchkey, type TerminalSettings } from '../../run-command.ts'

let server: TestServer
let integration: TestIntegration
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  integration = await server.integration()
})
afterAll(() => server.stop())

const secrets = (args: readonly string[], terminal: TerminalSettings = {}) =>
  latchkey(['secrets', ...args], { LATCHKEY_DATA_DIR: server.dataDir }, terminal)

interface Listed {
  readonly id: string
  readonly status: string
  readonly origin: string
}

async function listed(): Promise<readonly Listed[]> {
  const { stdout } = await secrets(['list', integration.clientId, '--json'])
  return (JSON.parse(stdout) as { items: Listed[] }).items
}

const works = async (text: string): Promise<boolean> => {
  const basic = toBasicCredentials(integration.clientId, new Secret(text))
  return (await server.requestToken({ ...integration, basic }, PREDICT)).status === 200
}

test('list shows when each secret was used and whether it is safe to end, and never the secret', async () => {
  await server.token(integration, PREDICT)
  const { exitCode, stdout } = await secrets(['list', integration.clientId], { screen: true })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^ID +STATUS +ENDS +LAST USED +SAFE TO RETIRE$/m)
  expect(stdout).toMatch(/^sec_\w+ +active +- +\d+s ago +no$/m)
  const { stdout: wide } = await secrets(['list', integration.clientId, '--wide'], { screen: true })
  expect(wide).toMatch(/^ID +STATUS +ORIGIN +CREATED +ENDS +LAST USED +FROM +SAFE TO RETIRE +WHY$/m)
  expect(wide).toMatch(/^sec_\w+ +active +generated /m)
  expect(wide).not.toContain(integration.clientSecret.reveal())
  expect(stdout).not.toContain(integration.clientSecret.reveal())
})

describe('rotate', () => {
  test('prints a valid secret, and the old secret stays valid', async () => {
    const { exitCode, stdout, stderr } = await secrets(['rotate', integration.clientId])
    expect(exitCode).toBe(0)
    const [, made = ''] = /^Client secret\t(lks_\S{36})\nID\tsec_\w+\n$/.exec(stdout) ?? []
    expect(await works(made)).toBe(true)
    expect(await works(integration.clientSecret.reveal())).toBe(true)
    expect(stderr).toContain('still works for 1d')
    expect(stderr).not.toContain(made)
  })

  test('with --overlap now ends the old secret after a confirmation', async () => {
    const before = integration.clientSecret.reveal()
    expect(await secrets(['rotate', integration.clientId, '--overlap', 'now'])).toMatchObject({
      exitCode: 2,
      stdout: '',
    })
    expect(await works(before)).toBe(true)
    const { exitCode } = await secrets(['rotate', integration.clientId, '--overlap', 'now', '--yes'])
    expect(exitCode).toBe(0)
    expect(await works(before)).toBe(false)
  })

  test('with --revoke-tokens ends the live tokens too', async () => {
    const token = await server.token(integration, PREDICT)
    await secrets(['rotate', integration.clientId, '--revoke-tokens'], { answer: 'y' })
    expect(await server.verify(token)).toMatchObject({ status: 401, reason: 'revoked' })
  })

  test('imports the hash of an existing secret from a file or from standard input', async () => {
    const own = 'a secret of another system'
    const hash = `sha256:${createHash('sha256').update(own).digest('hex')}`
    const file = join(aFolder({ hash: `${hash}\n` }), 'hash')
    const { exitCode, stdout } = await secrets(['rotate', integration.clientId, '--imported-secret-file', file])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^ID\tsec_\w+\n$/) as string })
    expect(await works(own)).toBe(true)
    const again = ['rotate', integration.clientId, '--overlap', 'now', '--yes', '--imported-secret-file', '-']
    expect(await secrets(again, { stdin: 'not a hash' })).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await works(own)).toBe(true)
  })

  test('with the same idempotency key makes one secret and shows it once', async () => {
    const args = ['rotate', integration.clientId, '--idempotency-key', 'nightly-1', '--json']
    const first = JSON.parse((await secrets(args)).stdout) as { id: string; client_secret?: string }
    const second = JSON.parse((await secrets(args)).stdout) as { id: string; client_secret?: string }
    expect(first.client_secret).toMatch(/^lks_/)
    expect(second).toMatchObject({ id: first.id })
    expect(second.client_secret).toBeUndefined()
  })

  test('of an integration with two valid secrets is exit code 3', async () => {
    await secrets(['rotate', integration.clientId])
    const { exitCode, stdout, stderr } = await secrets(['rotate', integration.clientId])
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).not.toBe('')
  })
})

test('secrets end asks for confirmation, says whether ending the secret is safe, and ends it', async () => {
  await secrets(['rotate', integration.clientId])
  const [old] = (await listed()).filter(({ status }) => status === 'ending')
  const id = old?.id ?? ''
  const { exitCode, stderr } = await secrets(['end', integration.clientId, id], { answer: 'yes' })
  expect(exitCode).toBe(0)
  expect(stderr).toContain('Is it safe?')
  expect(await works(integration.clientSecret.reveal())).toBe(false)
})

describe('reveal', () => {
  test('prints only the secret', async () => {
    const { exitCode, stdout, stderr } = await secrets(['reveal', integration.clientId])
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `${integration.clientSecret.reveal()}\n`,
      stderr: '',
    })
  })

  test('asks for the id if there are two secrets', async () => {
    await secrets(['rotate', integration.clientId])
    const { exitCode, stdout, stderr } = await secrets(['reveal', integration.clientId])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    for (const { id } of await listed()) expect(stderr).toContain(id)
    const [first] = await listed()
    expect((await secrets(['reveal', integration.clientId, first?.id ?? ''])).stdout).toMatch(/^lks_\S{36}\n$/)
  })

  test('of an integration with only an imported secret is exit code 3', async () => {
    const hash = `sha256:${createHash('sha256').update('x').digest('hex')}`
    const args = ['rotate', integration.clientId, '--overlap', 'now', '--yes', '--imported-secret-file', '-']
    await secrets(args, { stdin: hash })
    expect(await secrets(['reveal', integration.clientId])).toMatchObject({ exitCode: 3, stdout: '' })
  })
})
