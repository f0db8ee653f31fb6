// An owner works on the command line against a running server. Each command has its effect, prints one JSON document
// and ends with the documented exit code.
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, existsSync, lstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeJwt } from 'jose'
import type { CreatedIntegration } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { CliSession, type Given } from './cli-session.ts'
import { Connection } from './connection.ts'
import { MODEL, PREDICT, readAdminKey } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

const REPORTS = 'reports.read'

const aServer = (): Promise<RealServer> =>
  startRealServer({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })

type Created = Required<CreatedIntegration>

interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly exit_code: number }
}

test('an owner creates, watches and deletes an integration, and each command prints one JSON document', async () => {
  const server = await aServer()
  const cli = new CliSession(server)
  const folder = aTemporaryFolder()

  const scope = await cli.json(`scopes create ${REPORTS} --description Reports --audience api://reports`)
  expect(scope).toMatchObject({ name: REPORTS, audience: 'api://reports', integrations: 0, live_tokens: 0 })
  const api = await cli.json(`apis create --name Reports --scope ${REPORTS} --route /v1/reports/**`)
  expect(api).toMatchObject({ name: 'Reports', scope: REPORTS, routes: ['/v1/reports/**'] })
  const made = await cli.json<Created>(`integrations create --name Billing --scope ${REPORTS} --tag nightly`)
  const { id, client_id: clientId, client_secret: secret } = made
  const ask = `token request --client-id ${clientId} --scope ${REPORTS}`
  const request = async (with_: string): Promise<string> =>
    (await cli.json<{ access_token: string }>(ask, { stdin: with_ })).access_token
  const verdict = async (token: string): Promise<unknown> => {
    const { code, stdout } = await cli.run('token explain --json', { stdin: token })
    const { accepted, reason } = JSON.parse(stdout) as { accepted: boolean; reason?: string }
    expect(code).toBe(accepted ? 0 : 6)
    return accepted ? 'accepted' : reason
  }

  const mine = await request(secret)
  expect(decodeJwt(mine)).toMatchObject({ aud: 'api://reports', client_id: clientId, scope: REPORTS })
  expect(await verdict(mine)).toBe('accepted')

  // A second program that uses the credentials of the integration.
  const stranger = new Connection(server, { userAgent: 'nightly-job/2.1' })
  const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
  const theirs = await stranger.token({ basic }, REPORTS)
  stranger.close()
  expect(await Promise.all([mine, theirs].map(verdict))).toEqual(['superseded', 'accepted'])
  const reported = await cli.run('token explain', { stdin: mine })
  expect(reported.stderr).toContain(`latchkey tokens history ${clientId} ${REPORTS}`)
  const slot = await cli.json<{ live: { jti: string }; history: readonly object[] }>(
    `tokens history ${clientId} ${REPORTS}`,
  )
  expect(slot.live.jti).toBe(decodeJwt(theirs).jti)
  expect(slot.history).toMatchObject([
    { jti: decodeJwt(theirs).jti, requests: 1, requesters: [{ address: '127.0.0.1', user_agent: 'nightly-job/2.1' }] },
    { jti: decodeJwt(mine).jti, requesters: [{ user_agent: expect.stringMatching(/^latchkey-cli\//) as unknown }] },
  ])

  const rotated = await cli.json<Created>(`secrets rotate ${clientId} --overlap 1h`)
  const byOld = await request(secret)
  const byNew = await request(rotated.client_secret)
  expect(await Promise.all([byOld, byNew].map(verdict))).toEqual(['superseded', 'accepted'])
  const secrets = await cli.json<{ items: readonly { id: string; status: string }[] }>(`secrets list ${id}`)
  expect(secrets.items.map(({ status }) => status)).toEqual(['ending', 'active'])
  const old = secrets.items[0]?.id ?? ''
  expect(await cli.json(`secrets end ${clientId} ${old} --yes`)).toMatchObject({ id: old, status: 'ended' })
  expect(await cli.run(`${ask} --json`, { stdin: secret })).toMatchObject({ code: 4, stderr: '' })
  expect(await verdict(byNew)).toBe('accepted')
  expect(await cli.json(`secrets reveal ${clientId}`)).toEqual({ client_secret: rotated.client_secret })

  const updated = await cli.json(`integrations update ${clientId} --name Billing-2 --add-scope ${MODEL} --clear-tags`)
  expect(updated).toMatchObject({ name: 'Billing-2', scopes: [REPORTS, MODEL], tags: [] })
  expect(await cli.json(`integrations show ${id}`)).toEqual(updated)
  expect(await cli.json(`integrations disable ${clientId}`)).toMatchObject({ status: 'disabled' })
  expect(await verdict(byNew)).toBe('integration_disabled')
  expect(await cli.run(`${ask} --json`, { stdin: rotated.client_secret })).toMatchObject({ code: 4 })
  expect(await cli.json(`integrations enable ${clientId}`)).toMatchObject({ status: 'active' })
  expect(await verdict(byNew)).not.toBe('accepted')
  const last = await request(rotated.client_secret)
  const live = { items: [{ client_id: clientId, scope: REPORTS }] }
  for (const list of ['tokens list', 'watch --once']) expect(await cli.json(list)).toMatchObject(live)

  expect(await cli.json('keys rotate')).toMatchObject({ status: 'next' })
  const again = await cli.run('keys rotate --json')
  expect(again.code).toBe(3)
  expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'rotation_in_progress', exit_code: 3 } })
  expect(await cli.json('keys list')).toMatchObject({ items: [{ status: 'signing' }, { status: 'next' }] })
  expect(await verdict(last)).toBe('accepted')

  const inUse = await cli.run(`scopes delete ${REPORTS} --yes --json`)
  expect(inUse.code).toBe(3)
  const use = { integrations: 1, live_tokens: 1, apis: ['Reports'] }
  expect(JSON.parse(inUse.stdout)).toMatchObject({ error: { code: 'scope_in_use', in_use: use } })
  expect(await cli.json(`scopes delete ${REPORTS} --force --yes`)).toEqual({ name: REPORTS, deleted: true })
  expect(await verdict(last)).toBe('revoked')
  expect(await cli.json(`integrations delete ${clientId} --yes`)).toMatchObject({ client_id: clientId, deleted: true })
  expect(await verdict(last)).toBe('unknown')

  const { items } = await cli.json<{ items: readonly { event: string }[] }>(`audit list --target ${id}`)
  // The server records refused token requests a moment later than changes.
  expect(items.map(({ event }) => event).filter((event) => event !== 'client.refused')).toEqual([
    'integration.deleted',
    'integration.enabled',
    'integration.disabled',
    'integration.updated',
    'secret.revealed',
    'secret.ended',
    'secret.rotated',
    'integration.created',
  ])
  expect(await cli.json('audit verify')).toMatchObject({ intact: true })
  const file = join(folder, 'audit.jsonl')
  const exported = await cli.json<{ lines: number }>(`audit export --output ${file}`)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toContain('scope.deleted')
  expect(lines).toHaveLength(exported.lines)

  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const [, piped] = await Promise.all([cli.ok(`audit export --output ${pipe}`), readFile(pipe, 'utf8')])
  expect(piped.trimEnd().split('\n').slice(-lines.length)).toEqual(lines)
  expect(lstatSync(pipe).isFIFO()).toBe(true)

  for (const { command, stderr } of cli.ran.filter(({ command }) => command.endsWith('--json'))) {
    expect({ command, stderr }).toEqual({ command, stderr: '' })
  }
  expect(cli.commandsThatPrinted(secret)).toEqual([expect.stringContaining('integrations create') as unknown])
  expect(cli.commandsThatPrinted(rotated.client_secret)).toEqual([
    expect.stringContaining('secrets rotate') as unknown,
    expect.stringContaining('secrets reveal') as unknown,
  ])
  for (const token of [mine, byOld, byNew, last]) expect(cli.commandsThatPrinted(token)).toEqual([`${ask} --json`])
  for (const text of [theirs, basic, readAdminKey(server).reveal()]) expect(cli.commandsThatPrinted(text)).toEqual([])
})

test('with the key of a viewer, commands that read succeed, and commands that change something end with exit code 4 and change nothing', async () => {
  const server = await aServer()
  const cli = new CliSession(server)
  const { client_id: clientId } = await cli.json<Created>(`integrations create --name Billing --scope ${PREDICT}`)
  const made = await cli.json<{ id: string; admin_key: string }>('admin-keys create --name Dashboard --role viewer')
  const viewer: Given = { env: { LATCHKEY_ADMIN_KEY: made.admin_key } }
  const before = await cli.json('audit list')
  const declared = join(aTemporaryFolder(), 'latchkey.yaml')
  writeFileSync(declared, 'scopes:\n  - name: reports.read\n')

  const reads = ['integrations list', `tokens list ${clientId}`, `secrets list ${clientId}`, 'keys list']
  for (const answer of await Promise.all(reads.map((command) => cli.json(command, viewer)))) {
    expect(answer).toHaveProperty('items')
  }
  expect(await cli.json('export', viewer)).toMatchObject({ integrations: [{ client_id: clientId }] })
  const changes = [
    `integrations create --name Mine --scope ${PREDICT}`,
    `integrations update ${clientId} --name Mine`,
    `integrations disable ${clientId}`,
    `integrations delete ${clientId} --yes`,
    `secrets rotate ${clientId}`,
    `secrets reveal ${clientId}`,
    `tokens revoke ${clientId} --yes`,
    `scopes delete ${PREDICT} --force --yes`,
    `apply -f ${declared}`,
    'keys rotate',
    'admin-keys create --name Mine --role owner',
    'admin-keys list',
  ]
  for (const { command, code, stdout } of await Promise.all(changes.map((act) => cli.run(`${act} --json`, viewer)))) {
    const { error } = JSON.parse(stdout) as ErrorDocument
    expect({ command, code, refusal: error.code }).toEqual({ command, code: 4, refusal: 'role_too_low' })
  }
  expect(await cli.json('audit list')).toEqual(before)

  await cli.ok(`admin-keys revoke ${made.id} --yes`)
  expect(await cli.run('integrations list', viewer)).toMatchObject({ code: 4, stdout: '' })
  expect(cli.commandsThatPrinted(made.admin_key)).toEqual([expect.stringContaining('admin-keys create') as unknown])
})

test('after one letter in a stopped store was changed, audit verify names the event and ends with exit code 6', async () => {
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const before = await startRealServer({ dataDir, env })
  await new CliSession(before).ok(`scopes create ${REPORTS} --description Quarterly`)
  await before.stop()
  const store = new DatabaseSync(join(dataDir, 'latchkey.db'))
  const changed = store.prepare(`UPDATE audit SET record = replace(record, 'Quarterly', 'quarterly')`).run()
  store.close()
  expect(Number(changed.changes)).toBeGreaterThan(0)

  const cli = new CliSession(await startRealServer({ dataDir, env }))
  const { items } = await cli.json<{ items: readonly { seq: number }[] }>('audit list --event scope.created')
  const { code, stdout } = await cli.run('audit verify --json')
  expect(code).toBe(6)
  expect(JSON.parse(stdout)).toMatchObject({ intact: false, problem: { seq: items[0]?.seq } })
  expect((await cli.run('audit verify')).code).toBe(6)
})

test('every kind of failure has its exit code, and a text on standard error or one JSON document', async () => {
  const server = await aServer()
  const cli = new CliSession(server)
  const ends: readonly (readonly [number, string, string, Given?])[] = [
    [2, 'usage', 'integrations create'],
    [2, 'usage', 'integrations lsit'],
    [2, 'usage', 'keys revoke some-key'],
    [2, 'unknown_scope', 'integrations create --name Billing --scope reports.raed'],
    [2, 'invalid_request', `integrations create --name \u202EBilling --scope ${PREDICT}`],
    [2, 'configuration_unusable', 'integrations list', { env: { LATCHKEY_ADMIN_URL: 'http://admin.example.com' } }],
    [3, 'unknown_integration', 'integrations show lk0123456789abcd'],
    [3, 'scope_exists', `scopes create ${PREDICT}`],
    [3, 'last_owner_key', 'admin-keys revoke {local key} --yes'],
    [4, 'admin_key_needed', 'integrations list', { env: { LATCHKEY_ADMIN_KEY: 'lka_guessed' } }],
    [4, 'invalid_client', 'token request --client-id lk0123456789abcd', { stdin: 'a wrong secret' }],
    [5, 'server_unreachable', 'integrations list', { env: { LATCHKEY_ADMIN_URL: 'http://127.0.0.1:1' } }],
  ]
  const { items } = await cli.json<{ items: readonly { id: string }[] }>('admin-keys list')
  const all = ends.map(async ([exitCode, refusal, text, given]) => {
    const command = text.replace('{local key}', items[0]?.id ?? '')
    const [spoken, machine] = await Promise.all([cli.run(command, given), cli.run(`${command} --json`, given)])
    expect({ command, code: spoken.code, stdout: spoken.stdout }).toEqual({ command, code: exitCode, stdout: '' })
    expect(spoken.stderr).toMatch(/^\S[^]*\n$/)
    expect({ command, code: machine.code, stderr: machine.stderr }).toEqual({ command, code: exitCode, stderr: '' })
    expect(JSON.parse(machine.stdout)).toMatchObject({ error: { code: refusal, exit_code: exitCode } })
  })
  await Promise.all(all)
  const verdict = await cli.run('token explain --json', { stdin: 'no token at all'.replaceAll(' ', '-') })
  expect([verdict.code, JSON.parse(verdict.stdout)]).toMatchObject([6, { accepted: false, reason: 'malformed' }])
  expect(cli.commandsThatPrinted('a wrong secret')).toEqual([])
  expect(cli.commandsThatPrinted('lka_guessed')).toEqual([])
})

test.skipIf(!existsSync('/dev/full'))('a full disk behind standard output is reported, with exit code 1', () => {
  const full = openSync('/dev/full', 'w')
  const program = join(import.meta.dirname, '../packages/latchkey/bin/latchkey.js')
  const { status, stderr } = spawnSync(process.execPath, [program, '--help'], { stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  expect([status, stderr.toString()]).toEqual([
    1,
    'Cannot write to standard output (ENOSPC). The output is incomplete.\n',
  ])
})
