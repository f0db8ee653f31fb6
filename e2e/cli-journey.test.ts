// The life of an integration from its creation to its deletion, on the command line alone, and its events in the audit
// trail.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promptly } from './eventually.ts'
import { MODEL, PREDICT } from './integrations.ts'
import { type RealServer, startServerOfSuite } from './real-server.ts'
import { startCli } from './run-cli.ts'

let server: RealServer
let folder: string
beforeAll(async () => {
  server = await startServerOfSuite({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })
  folder = mkdtempSync(join(tmpdir(), 'latchkey-journey-'))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const printed: string[] = []

async function run(args: string, stdin = ''): Promise<Ran> {
  const cli = startCli(args.split(' '), { LATCHKEY_DATA_DIR: server.dataDir }, stdin)
  const { code } = await promptly(cli.exited, { within: 60_000, what: `latchkey ${args} ends` })
  printed.push(cli.stderr())
  return { code, stdout: cli.stdout(), stderr: cli.stderr() }
}

async function ran(args: string, stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await run(args, stdin)
  expect({ args, code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

const json = async <Answer>(args: string): Promise<Answer> => JSON.parse(await ran(`${args} --json`)) as Answer

/** The current answer of `token explain` about the token. */
async function verdictOn(token: string): Promise<readonly [number | null, string]> {
  const { code, stdout } = await run('token explain', token)
  return [code, stdout.split('\n')[0] ?? '']
}

test('an integration is created, used and deleted on the command line, and each change applies to the very next check', async () => {
  const { id, client_id, client_secret } = await json<{ id: string; client_id: string; client_secret: string }>(
    `integrations create --name Billing --scope ${PREDICT} --scope ${MODEL}`,
  )
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, client_secret, { mode: 0o600 })
  const token = async (scope: string, secret = client_secret): Promise<string> =>
    (await ran(`token request --client-id ${client_id} --scope ${scope} --secret-file -`, secret)).trim()

  const first = await token(PREDICT)
  expect(await verdictOn(first)).toEqual([0, 'accepted'])
  const second = await token(PREDICT)
  expect(await verdictOn(first)).toEqual([6, 'refused: superseded'])
  const history = await json<{ history: unknown[] }>(`tokens history ${client_id} ${PREDICT}`)
  expect(history.history).toHaveLength(2)

  const rotated = await json<{ id: string; client_secret: string }>(`secrets rotate ${client_id} --overlap 1h`)
  const third = await token(PREDICT, rotated.client_secret)
  const { items: secrets } = await json<{ items: { id: string }[] }>(`secrets list ${client_id}`)
  const old = secrets.find((secret) => secret.id !== rotated.id)
  await ran(`secrets end ${client_id} ${old?.id ?? ''} --yes`)
  const refused = await run(`token request --client-id ${client_id} --scope ${MODEL} --secret-file ${secretFile}`)
  expect(refused).toMatchObject({ code: 4, stdout: '' })
  expect(await verdictOn(third)).toEqual([0, 'accepted'])
  expect((await ran(`secrets reveal ${client_id}`)).trim()).toBe(rotated.client_secret)

  await ran(`integrations update ${client_id} --remove-scope ${PREDICT}`)
  const [gone] = await verdictOn(third)
  expect(gone).toBe(6)
  const model = await token(MODEL, rotated.client_secret)
  await ran(`integrations disable ${client_id}`)
  expect(await verdictOn(model)).toEqual([6, 'refused: integration_disabled'])
  await ran(`integrations enable ${client_id}`)
  const last = await token(MODEL, rotated.client_secret)
  expect(await verdictOn(last)).toEqual([0, 'accepted'])
  await ran(`tokens revoke ${client_id} --scope ${MODEL}`)
  expect(await verdictOn(last)).toEqual([6, 'refused: revoked'])
  const end = await token(MODEL, rotated.client_secret)
  await ran(`integrations delete ${client_id} --yes`)
  expect(await verdictOn(end)).toEqual([6, 'refused: unknown'])

  const { items } = await json<{ items: { event: string }[] }>(`audit list --target ${id}`)
  // The server records refused token requests too, but a moment later.
  const changes = items.map(({ event }) => event).filter((event) => event !== 'client.refused')
  expect(changes.reverse()).toEqual([
    'integration.created',
    'secret.rotated',
    'secret.ended',
    'secret.revealed',
    'integration.updated',
    'integration.disabled',
    'integration.enabled',
    'tokens.revoked',
    'integration.deleted',
  ])
  expect(await ran('audit verify')).toMatch(/^intact: \d+ events\n$/)
  await ran('doctor')

  // Secrets and tokens appeared on standard output only.
  const elsewhere = [
    server.stdout(),
    server.stderr(),
    await ran('audit export'),
    await ran('audit export --format csv'),
  ]
  for (const secret of [client_secret, rotated.client_secret, first, second, third, model, last, end]) {
    for (const text of [...printed, ...elsewhere]) expect(text.includes(secret)).toBe(false)
  }
})
