// Commands that delete or revoke something ask for confirmation if they run on a terminal.
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { eventually, promptly } from './eventually.ts'
import { createIntegration } from './integrations.ts'
import { type RealServer, startServerOfSuite } from './real-server.ts'
import { type CliProcess, startCli, startOnTerminal } from './run-cli.ts'

let server: RealServer
beforeAll(async () => {
  server = await startServerOfSuite({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })
})
afterAll(async () => void (await server.stop()))

const env = (): Readonly<Record<string, string>> => ({ LATCHKEY_DATA_DIR: server.dataDir })

const exitCodeOf = async ({ exited }: CliProcess): Promise<number | null> =>
  (await promptly(exited, { within: 60_000, what: 'the command ends' })).code

const isThere = async (id: string): Promise<boolean> =>
  (await exitCodeOf(startCli(['integrations', 'show', id], env(), ''))) === 0

describe.skipIf(!has('script'))('integrations delete on a terminal', () => {
  async function requested(id: string, keys: string): Promise<number | null> {
    const deletion = startOnTerminal(['integrations', 'delete', id], env())
    await eventually(() => deletion.stdout().includes('[y/N]'), { within: 60_000, what: 'the question' })
    deletion.child.stdin?.write(keys)
    return exitCodeOf(deletion)
  }

  test.for([
    ['y and Enter', 'y\r', 0, false],
    ['Enter alone', '\r', 1, true],
    ['Ctrl+C', '\u0003', 130, true],
    ['Ctrl+D', '\u0004', 1, true],
  ] as const)('follows the answer: %s', async ([, keys, code, stays]) => {
    const { id } = await createIntegration(server)
    expect(await requested(id, keys)).toBe(code)
    expect(await isThere(id)).toBe(stays)
  })
})

test('integrations delete in a script needs --yes, and does not wait for an answer', async () => {
  const { id } = await createIntegration(server)
  // Standard input stays open, so that a command that asked a question would wait without end.
  const refused = startCli(['integrations', 'delete', id], env())
  expect(await exitCodeOf(refused)).toBe(2)
  expect(refused.stderr()).toContain('--yes')
  expect(await isThere(id)).toBe(true)
  expect(await exitCodeOf(startCli(['integrations', 'delete', id, '--yes'], env(), ''))).toBe(0)
  expect(await isThere(id)).toBe(false)
})
