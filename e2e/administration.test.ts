// An owner's work on the command line against a running server: every act with its effect, one JSON document and its exit code.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { CliSession, type Given } from './cli-session.ts'
import { Connection } from './connection.ts'
import { MODEL, PREDICT, readAdminKey } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

const REPORTS = 'reports.read'

const aServer = (): Promise<RealServer> =>
  startRealServer({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })

interface Created {
  readonly id: string
  readonly client_id: string
  readonly client_secret: string
}

interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly exit_code: number }
}

test('an owner sets up, watches over and takes down an integration, with one JSON document a command', async () => {
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

  // Somebody else with the same credentials.
  const stranger = new Connection(server, { userAgent: 'nightly-job/2.1' })
  const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
  const theirs = await stranger.token({ basic }, REPORTS)
  stranger.close()
  expect(await verdict(mine)).toBe('superseded')
  expect(await verdict(theirs)).toBe('accepted')
  const told = await cli.run('token explain', { stdin: mine })
  expect(told.stderr).toContain(`latchkey tokens history ${clientId} ${REPORTS}`)
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
  expect([await verdict(byOld), await verdict(byNew)]).toEqual(['superseded', 'accepted'])
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
  expect(await cli.json('watch --once')).toEqual(await cli.json('tokens list'))
  expect(await cli.json('tokens list')).toMatchObject({ items: [{ client_id: clientId, scope: REPORTS }] })

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
  expect(items.map(({ event }) => event)).toEqual([
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

test('a key of a viewer reads, and whatever it would change ends with 4 and changes nothing', async () => {
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

test('an export applied to its own server changes nothing, and makes another server the same', async () => {
  const [one, other] = await Promise.all([aServer(), aServer()])
  const [here, there] = [new CliSession(one), new CliSession(other)]
  await here.ok(`scopes create ${REPORTS} --audience api://reports`)
  await here.ok(`apis create --name Reports --scope ${REPORTS} --route /v1/reports/**`)
  const { client_id: clientId } = await here.json<Created>(
    `integrations create --name Billing --scope ${REPORTS} --scope ${MODEL} --issue-mode stable --allow 127.0.0.0/8`,
  )
  await here.ok('integrations create --name Resting --scope machinelearning.predict --grace 30s --resource-server')
  const yaml = await here.ok('export')
  const unchanged = await here.run('apply -f -', { stdin: yaml })
  expect(unchanged).toMatchObject({ code: 0, stdout: '' })
  expect(unchanged.stderr).toMatch(/^0 created, 0 changed, \d+ as declared\.\n$/)

  // A file in version control: what it holds of the secret cannot be used.
  const secret = `brought-along-${randomBytes(24).toString('base64url')}`
  const hash = `sha256:${createHash('sha256').update(secret).digest('hex')}`
  const named = `client_id: ${clientId}\n`
  expect(yaml).toContain(named)
  const file = join(aTemporaryFolder(), 'latchkey.yaml')
  writeFileSync(file, yaml.replace(named, `${named}    secret: ${hash}\n`))

  const plan = await there.json(`apply -f ${file} --dry-run`)
  expect(plan).toMatchObject({ dry_run: true, created: 4, updated: 0 })
  expect(await there.json('integrations list')).toEqual({ items: [] })
  expect(await there.json(`apply -f ${file}`)).toMatchObject({ dry_run: false, created: 4, updated: 0 })
  expect(await there.json(`apply -f ${file}`)).toMatchObject({ created: 0, updated: 0, items: [] })
  expect(await there.ok('export')).toBe(yaml)

  const ask = `token request --client-id ${clientId} --scope ${REPORTS}`
  const token = (await there.ok(ask, { stdin: secret })).trim()
  expect(decodeJwt(token)).toMatchObject({ aud: 'api://reports', iss: other.issuer })
  expect((await there.run('token explain', { stdin: token })).code).toBe(0)
  expect((await there.run(ask, { stdin: hash })).code).toBe(4)
  const refused = await there.run(`secrets reveal ${clientId} --json`)
  expect([refused.code, (JSON.parse(refused.stdout) as ErrorDocument).error.code]).toEqual([3, 'not_revealable'])
  expect(here.commandsThatPrinted(secret)).toEqual([])
  expect(there.commandsThatPrinted(secret)).toEqual([])
  expect(there.commandsThatPrinted(hash.slice('sha256:'.length))).toEqual([])
})

test('every end has its exit code, in words on standard error or as one JSON document', async () => {
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
