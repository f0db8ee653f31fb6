// latchkey credentials, and integrations create --key, against a real server.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPublicKey } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { PREDICT, startTestServer, type TestServer } from '../../a-server.ts'
import { aClientKey, anAssertion, assertionForm, type TestKey } from '../../client-assertions.ts'
import { latchkey, type TerminalSettings } from '../../run-command.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const run = (args: readonly string[], terminal: TerminalSettings = {}, env: Readonly<Record<string, string>> = {}) =>
  latchkey(args, { LATCHKEY_DATA_DIR: server.dataDir, ...env }, terminal)

function aFile(content: string): string {
  const path = join(aFolder(), 'key')
  writeFileSync(path, content)
  return path
}

const publicPem = ({ privateKey }: TestKey): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()

const statusOf = async (clientId: string, key: TestKey): Promise<number> => {
  const assertion = anAssertion({ clientId, issuer: server.issuer, key }, {}, { kid: undefined })
  const body = assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT })
  return (await fetch(`${server.issuer}/v1/token`, { method: 'POST', body })).status
}

test('add-key takes a JWK or PEM, list shows the key, and end ends the key', async () => {
  const { clientId } = await server.integration()
  const [pem, jwk] = [aClientKey('ES256'), aClientKey('EdDSA', 'second')]
  const added = await run(['credentials', 'add-key', clientId, '--jwk', aFile(publicPem(pem))])
  expect(added).toMatchObject({ exitCode: 0 })
  const { stdout } = await run([
    ...['credentials', 'add-key', clientId, '--jwk', aFile(JSON.stringify(jwk.jwk))],
    ...['--max-lifetime', '60s', '--json'],
  ])
  const second = JSON.parse(stdout) as { id: string }
  expect(second).toMatchObject({ kid: 'second', alg: 'EdDSA', max_lifetime: 60 })
  expect([await statusOf(clientId, pem), await statusOf(clientId, jwk)]).toEqual([200, 200])
  const list = await run(['credentials', 'list', clientId], { screen: true })
  expect(list.stdout).toMatch(/^ID +STATUS +KIND +WHAT +LAST USED +SAFE TO RETIRE$/m)
  expect(list.stdout).toMatch(/^key_\w+ +active +key +second EdDSA +\d+s ago +no$/m)
  const ended = await run(['credentials', 'end', clientId, second.id, '--yes'])
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(await statusOf(clientId, jwk)).toBe(401)
})

test('token request signs an assertion with a private key, or sends one from a file', async () => {
  const { clientId } = await server.integration()
  const key = aClientKey('ES256')
  await run(['credentials', 'add-key', clientId, '--jwk', aFile(publicPem(key))])
  const file = aFile(key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const request = (...more: readonly string[]) =>
    run(['token', 'request', '--client-id', clientId, '--scope', PREDICT, '--issuer', server.issuer, ...more])
  const refused = await request('--key', file)
  expect(refused).toMatchObject({ exitCode: 2 })
  expect(refused.stderr).toContain('chmod 600')
  chmodSync(file, 0o600)
  const { stdout } = await request('--key', file)
  expect((await server.verify(stdout.trim(), PREDICT)).status).toBe(200)
  const sender = { clientId, issuer: server.issuer, key }
  const assertion = aFile(anAssertion(sender, {}, { kid: undefined }))
  expect(await request('--assertion', assertion)).toMatchObject({ exitCode: 0 })
  expect(await request('--assertion', assertion)).toMatchObject({ exitCode: 4 })
  expect(await request('--assertion', assertion, '--key', file)).toMatchObject({ exitCode: 2 })
})

test('token request takes the key or the assertion that the settings name, and a flag overrides the settings', async () => {
  const { clientId, clientSecret } = await server.integration()
  const key = aClientKey('ES256')
  await run(['credentials', 'add-key', clientId, '--jwk', aFile(publicPem(key))])
  const keyFile = aFile(key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  chmodSync(keyFile, 0o640)
  const assertionFile = aFile(anAssertion({ clientId, issuer: server.issuer, key }, {}, { kid: undefined }))
  const request = (env: Readonly<Record<string, string>>, ...flags: readonly string[]) =>
    run(['token', 'request', '--scope', PREDICT, ...flags], {}, { LATCHKEY_CLIENT_ID: clientId, ...env })
  const byKey = { LATCHKEY_CLIENT_PRIVATE_KEY_FILE: keyFile }
  const byAssertion = { LATCHKEY_CLIENT_ASSERTION_FILE: assertionFile }
  for (const env of [byKey, byAssertion]) {
    const { stdout } = await request(env)
    expect(await server.verify(stdout.trim(), PREDICT)).toMatchObject({ status: 200 })
  }
  // The server accepts each assertion only once.
  expect(await request(byAssertion)).toMatchObject({ exitCode: 4 })
  expect(await request(byAssertion, '--key', keyFile)).toMatchObject({ exitCode: 0 })
  expect(await request({ ...byKey, ...byAssertion }, '--key', keyFile)).toMatchObject({ exitCode: 0 })
  const both = await request({ ...byKey, LATCHKEY_CLIENT_SECRET: clientSecret.reveal() })
  expect(both).toMatchObject({ exitCode: 2, stdout: '' })
  expect(both.stderr).toContain('LATCHKEY_CLIENT_SECRET is set, and so is LATCHKEY_CLIENT_PRIVATE_KEY_FILE.')
})

test('token request names the ID of the key at the server', async () => {
  const { clientId } = await server.integration()
  const key = aClientKey('ES256', 'billing-2027')
  await run(['credentials', 'add-key', clientId, '--jwk', aFile(JSON.stringify(key.jwk))])
  const file = aFile(key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  chmodSync(file, 0o600)
  const request = (...more: readonly string[]) =>
    run(['token', 'request', '--client-id', clientId, '--scope', PREDICT, '--issuer', server.issuer, ...more])
  expect(await request('--key', file)).toMatchObject({ exitCode: 4 })
  expect(await request('--key', file, '--key-id', 'billing-2027')).toMatchObject({ exitCode: 0 })
  const refused = await request('--key-id', 'billing-2027')
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('--key-id needs --key.')
})

test('a private key is not sent, and the message says how to get the public one', async () => {
  const { clientId } = await server.integration()
  const { privateKey } = aClientKey('ES256')
  for (const content of [
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    JSON.stringify(privateKey.export({ format: 'jwk' })),
  ]) {
    const refused = await run(['credentials', 'add-key', clientId, '--jwk', aFile(content)])
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('contains a private key')
    expect(refused.stderr).toContain('openssl pkey -in')
  }
})

test('an integration that is created with a key has no secret', async () => {
  const key = aClientKey('RS256')
  const created = await run([
    ...['integrations', 'create', '--name', 'Keyed', '--scope', PREDICT],
    ...['--key', aFile(publicPem(key)), '--json'],
  ])
  const document = JSON.parse(created.stdout) as { client_id: string }
  expect(document).toMatchObject({ authentication_methods: ['private_key_jwt'] })
  expect(document).not.toHaveProperty('client_secret')
  expect(await statusOf(document.client_id, key)).toBe(200)
})
