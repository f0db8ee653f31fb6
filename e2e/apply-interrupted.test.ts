// A server dies while it applies a manifest: it has stored every chunk that it acknowledged, and running
// the command again applies the rest.
import { expect, test } from 'vitest'
import { CliSession } from './cli-session.ts'
import { eventually, promptly } from './eventually.ts'
import { PREDICT, readAdminKey } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'
import { startCli } from './run-cli.ts'

const DECLARED = 650
const ENV = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }

const yaml = `integrations:\n${Array.from({ length: DECLARED }, (_, n) => `  - name: Declared ${String(n)}\n    scopes: [${PREDICT}]\n`).join('')}`

async function integrationsOf(server: RealServer): Promise<number> {
  const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
  const response = await fetch(`${server.adminUrl}/admin/v1/integrations?limit=1`, { headers })
  return ((await response.json()) as { counts: { all: number } }).counts.all
}

test('after a kill during an apply, complete chunks of a hundred are stored, and the same command creates the rest without duplicates', async () => {
  const dataDir = aTemporaryFolder()
  const killed = await startRealServer({ dataDir, env: ENV })
  const apply = startCli(['apply', '-f', '-'], { LATCHKEY_DATA_DIR: dataDir }, yaml)
  const begun = async (): Promise<boolean> => (await integrationsOf(killed)) >= 200
  await eventually(begun, { within: 60_000, what: 'two hundred are made' })
  killed.kill('SIGKILL')
  await killed.exited
  const { code } = await promptly(apply.exited, { within: 60_000, what: 'the command ends' })
  expect(code).toBe(5)

  const again = await startRealServer({ dataDir, env: ENV })
  const made = await integrationsOf(again)
  expect(made % 100).toBe(0)
  expect(made).toBeGreaterThanOrEqual(200)
  expect(made).toBeLessThan(DECLARED)
  // The store has at least the chunks whose answers were printed.
  expect(made).toBeGreaterThanOrEqual(
    apply
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('+ ')).length,
  )

  const cli = new CliSession(again)
  const rest = await cli.json<{ created: number; unchanged: number }>('apply -f -', { stdin: yaml })
  expect(rest).toMatchObject({ created: DECLARED - made, unchanged: made })
  expect(await integrationsOf(again)).toBe(DECLARED)
  const last = await cli.run('apply -f -', { stdin: yaml })
  expect(last).toMatchObject({
    code: 0,
    stdout: '',
    stderr: `0 created, 0 changed, ${String(DECLARED)} as declared.\n`,
  })
})
