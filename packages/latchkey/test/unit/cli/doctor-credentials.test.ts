// latchkey doctor and the credentials of integrations, against a real server.
import { expect, test } from 'vitest'
import { QUIET_SECONDS } from '../../../src/domain/safe-to-retire.ts'
import { aServer, PREDICT, TestClock, type TestServer } from '../../a-server.ts'
import { aClientKey, anAssertion, assertionForm, type TestKey } from '../../client-assertions.ts'
import { admin } from '../../postgres/replicas.ts'
import { latchkey } from '../../run-command.ts'

const clock = new TestClock()

const doctor = ({ dataDir }: TestServer, ...more: readonly string[]) =>
  latchkey(['doctor', ...more], { LATCHKEY_DATA_DIR: dataDir })

async function advised(server: TestServer): Promise<readonly (readonly [check: string, found: string])[]> {
  const { stdout } = await doctor(server, '--json')
  const { checks } = JSON.parse(stdout) as { checks: { check: string; status: string; found: string }[] }
  return checks.filter(({ status }) => status === 'advice').map(({ check, found }) => [check, found])
}

async function withKey(server: TestServer, name: string) {
  const integration = await server.integration({ name })
  const key = aClientKey('ES256')
  await admin(server, 'POST', `/integrations/${integration.id}/credentials`, { kind: 'key', jwk: key.jwk })
  return { ...integration, key }
}

async function tokenByKey(server: TestServer, clientId: string, key: TestKey): Promise<void> {
  const now = clock.now()
  const assertion = anAssertion({ clientId, issuer: server.issuer, key }, { iat: now, exp: now + 60 })
  const body = assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT })
  expect((await fetch(`${server.issuer}/v1/token`, { method: 'POST', body })).status).toBe(200)
}

test('doctor names an integration whose secret a key has replaced, once the secret is safe to end', async () => {
  const server = await aServer({ clock })
  await withKey(server, 'Not begun')
  const halfway = await withKey(server, 'Halfway')
  const moved = await withKey(server, 'Moved')
  await server.integration({ name: 'With a secret alone' })
  for (const one of [halfway, moved]) await server.token(one)
  await tokenByKey(server, moved.clientId, moved.key)
  expect(await advised(server)).toEqual([])
  clock.advance(QUIET_SECONDS)
  for (const one of [halfway, moved]) await tokenByKey(server, one.clientId, one.key)
  await server.token(halfway)
  expect(await advised(server)).toEqual([['secrets beside keys', `"Moved" (${moved.clientId})`]])
  const { exitCode, stderr } = await doctor(server)
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(
    /No problems\.\n\nWhen you have time:\n\n {2}secrets beside keys: .* latchkey secrets end\.\n$/,
  )
})

test('doctor names active integrations without any credential, at most ten by name', async () => {
  const server = await aServer({ clock })
  const declare = (integrations: readonly object[]) => admin(server, 'POST', '/apply', { integrations })
  const entry = { scopes: [PREDICT], secret: 'none' }
  await declare([
    { ...entry, name: 'Bare' },
    { ...entry, name: 'Resting', status: 'disabled' },
    { ...entry, name: 'Keyed', keys: [{ jwk: aClientKey('ES256').jwk }] },
  ])
  const check = 'integrations without credentials'
  expect(await advised(server)).toEqual([[check, expect.stringMatching(/^"Bare" \(lk\w{14}\)$/)]])
  await declare(Array.from({ length: 12 }, (_, nth) => ({ ...entry, name: `Bare ${String(nth)}` })))
  expect(await advised(server)).toEqual([[check, expect.stringMatching(/^"Bare" .*"Bare 8" \(lk\w{14}\) and 3 more$/)]])
})
