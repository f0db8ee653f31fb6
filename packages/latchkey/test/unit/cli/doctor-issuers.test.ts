// latchkey doctor, the trusted issuers and the trust rules, against a real server.
import { expect, test } from 'vitest'
import { aKeyServer } from '../../a-key-server.ts'
import { aPlatform, made, podClaims, podRule, tokenOf } from '../../a-platform.ts'
import { aServer, PREDICT, TestClock, type TestServer } from '../../a-server.ts'
import { aClientKey } from '../../client-assertions.ts'
import { latchkey } from '../../run-command.ts'

const DAY = 86_400

interface Report {
  readonly exitCode: number
  readonly findings: readonly {
    readonly check: string
    readonly status: string
    readonly found: string
    readonly cure?: string
  }[]
}

async function doctor({ adminUrl, adminKey, publicUrl }: TestServer, key = adminKey.reveal()): Promise<Report> {
  const env = { LATCHKEY_ADMIN_URL: adminUrl, LATCHKEY_ADMIN_KEY: key, LATCHKEY_PUBLIC_URL: publicUrl }
  const { exitCode, stdout } = await latchkey(['doctor', '--json'], env)
  const { checks } = JSON.parse(stdout) as { checks: Report['findings'] }
  return { exitCode, findings: checks.filter(({ check }) => /issuer |issuers |rules |secrets /.test(check)) }
}

/** Starts an issuer on loopback, and a server that may fetch the keys of that issuer. */
async function aFetchingServer() {
  const server = await aServer({ env: { LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.1' } })
  const issuer = await aKeyServer({ name: '127.0.0.1' })
  const platform = aPlatform(server, { name: 'cluster', url: issuer.origin })
  issuer.publish({ keys: [platform.key.jwk] })
  await made(server, 'POST', '/issuers', {
    ...platform.registration,
    ...{ keys: { source: 'jwks_uri', uri: `${issuer.origin}/keys` }, tls_ca: issuer.certificate.cert },
  })
  const integration = await server.integration()
  await made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule('cluster'))
  return { server, issuer, platform }
}

test('doctor fetches the keys of a trusted issuer, and reports no problem if it gets them', async () => {
  const { server, issuer, platform } = await aFetchingServer()
  expect(await doctor(server)).toEqual({
    exitCode: 0,
    findings: [
      {
        check: 'keys of the issuer cluster',
        status: 'ok',
        found: expect.stringMatching(`^${String(platform.key.kid)}, fetched at 20`) as string,
      },
    ],
  })
  expect(issuer.requests).toEqual(['/keys'])
})

test('keys that cannot be fetched again are a problem, and doctor says until when the keys in memory are used', async () => {
  const { server, issuer } = await aFetchingServer()
  await doctor(server)
  await issuer.stop()
  const { exitCode, findings } = await doctor(server)
  expect(exitCode).toBe(6)
  expect(findings).toMatchObject([
    {
      check: 'keys of the issuer cluster',
      status: 'problem',
      found: expect.stringMatching(
        /^cannot be fetched \(connection_failed\)\. .* stay in use until 20[-0-9]+T[0-9:]+Z$/,
      ) as string,
      cure: expect.stringContaining('latchkey issuers refresh') as string,
    },
  ])
})

test('an issuer at an address that the server must not connect to is a problem, and doctor names the setting', async () => {
  const server = await aServer()
  const issuer = await aKeyServer({ name: '127.0.0.1' })
  const { registration } = aPlatform(server, { name: 'inside', url: issuer.origin })
  await made(server, 'POST', '/issuers', { ...registration, keys: { source: 'discovery' } })
  const { exitCode, findings } = await doctor(server)
  expect(exitCode).toBe(6)
  expect(findings).toContainEqual({
    check: 'keys of the issuer inside',
    status: 'problem',
    found: 'cannot be fetched (address_forbidden). No keys are in use, so its assertions get 503',
    cure: expect.stringContaining('LATCHKEY_KEY_SOURCE_NETWORKS') as string,
  })
  expect(issuer.requests).toEqual([])
})

test('with the admin key of a viewer doctor fetches no keys, and skips the check until the server has the keys in memory', async () => {
  const { server, issuer } = await aFetchingServer()
  const { admin_key: key } = await made(server, 'POST', '/admin-keys', { name: 'Look', role: 'viewer' })
  const check = 'keys of the issuer cluster'
  expect(await doctor(server, String(key))).toMatchObject({ exitCode: 0, findings: [{ check, status: 'skipped' }] })
  expect(issuer.requests).toEqual([])
  await made(server, 'POST', '/issuers/cluster/refresh')
  expect(await doctor(server, String(key))).toMatchObject({ exitCode: 0, findings: [{ check, status: 'ok' }] })
})

test('doctor names enabled issuers that no rule uses, and issuers whose audience is not this server', async () => {
  const server = await aServer()
  const trust = (name: string, more: object = {}) =>
    made(server, 'POST', '/issuers', { ...aPlatform(server, { name }).registration, ...more })
  await trust('used', { audience: 'api://elsewhere' })
  await trust('idle')
  await trust('resting', { enabled: false })
  const { id } = await server.integration()
  await made(server, 'POST', `/integrations/${id}/credentials`, podRule('used'))
  const { exitCode, findings } = await doctor(server)
  expect(exitCode).toBe(0)
  expect(findings.filter(({ status }) => status !== 'ok').map(({ check, found }) => [check, found])).toEqual([
    ['trusted issuers without rules', 'idle'],
    ['trusted issuers with another audience', 'used'],
  ])
})

test('doctor names trust rules that end within two weeks, and no rules that end later', async () => {
  const server = await aServer()
  await made(server, 'POST', '/issuers', aPlatform(server).registration)
  const ruleUntil = async (name: string, days: number) => {
    const integration = await server.integration({ name })
    const ends = new Date(Date.now() + days * DAY * 1000).toISOString().replace(/\.\d+/, '')
    const path = `/integrations/${integration.id}/credentials`
    const { id } = await made(server, 'POST', path, { ...podRule('prod-cluster'), expires_at: ends })
    return `${String(id)} of "${name}" (${integration.clientId})`
  }
  const soon = await ruleUntil('Soon', 13)
  await ruleUntil('Later', 15)
  expect((await doctor(server)).findings).toContainEqual(
    expect.objectContaining({ check: 'trust rules that end soon', status: 'advice', found: soon }),
  )
})

test('doctor names trust rules that no workload used for 90 days, and integrations that keep a secret in addition to a rule', async () => {
  const clock = new TestClock(Math.floor(Date.now() / 1000) - 91 * DAY)
  const server = await aServer({ clock })
  const platform = aPlatform(server)
  await made(server, 'POST', '/issuers', platform.registration)
  const withRule = async (name: string, account: string) => {
    const integration = await server.integration({ name })
    const path = `/integrations/${integration.id}/credentials`
    const { id } = await made(server, 'POST', path, podRule('prod-cluster', 'payments', account))
    return { ...integration, named: `"${name}" (${integration.clientId})`, ruleId: String(id) }
  }
  const idle = await withRule('Idle', 'idle')
  const busy = await withRule('Busy', 'busy')
  clock.advance(91 * DAY)
  const recent = await withRule('Recent', 'recent')
  const times = { iat: clock.now(), nbf: clock.now(), exp: clock.now() + 600 }
  const answer = await tokenOf(server, platform.sign({ ...podClaims('payments', 'busy'), ...times }))
  expect(answer.status).toBe(200)
  for (const one of [idle, busy, recent]) await server.token(one)
  const { findings } = await doctor(server)
  const found = (check: string) => findings.find((finding) => finding.check === check)?.found
  expect(found('trust rules without use')).toBe(`${idle.ruleId} of ${idle.named}`)
  expect(found('secrets beside keys for long')?.split(', ').toSorted()).toEqual([busy.named, idle.named].toSorted())
})

test('doctor gives advice about a month-old key of an integration whose secret is still in use, but not about a new key', async () => {
  const clock = new TestClock(Math.floor(Date.now() / 1000) - 31 * DAY)
  const server = await aServer({ clock })
  const old = await server.integration({ name: 'Old' })
  const jwk = aClientKey('ES256').jwk
  await made(server, 'POST', `/integrations/${old.id}/credentials`, { kind: 'key', jwk })
  clock.advance(31 * DAY)
  const fresh = await server.integration({ name: 'New', scopes: [PREDICT] })
  await made(server, 'POST', `/integrations/${fresh.id}/credentials`, { kind: 'key', jwk })
  for (const one of [old, fresh]) await server.token(one)
  const { findings } = await doctor(server)
  expect(findings.map(({ check, found }) => [check, found])).toEqual([
    ['secrets beside keys for long', `"Old" (${old.clientId})`],
  ])
})
