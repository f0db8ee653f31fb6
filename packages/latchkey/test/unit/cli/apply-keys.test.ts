// latchkey apply and export with the keys of integrations, against a real server.
import { createPublicKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { aServer, PREDICT, startTestServer, type TestServer } from '../../a-server.ts'
import { aClientKey, anAssertion, assertionForm, type Json, type TestKey } from '../../client-assertions.ts'
import { latchkey } from '../../run-command.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const runOn = ({ dataDir }: TestServer, args: readonly string[], stdin?: string) =>
  latchkey(args, { LATCHKEY_DATA_DIR: dataDir }, stdin === undefined ? {} : { stdin })

const pemOf = ({ privateKey }: TestKey): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()

async function statusOf(clientId: string, key: TestKey): Promise<number> {
  const assertion = anAssertion({ clientId, issuer: server.issuer, key }, {}, { kid: undefined })
  const body = assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT })
  return (await fetch(`${server.issuer}/v1/token`, { method: 'POST', body })).status
}

/** Writes a manifest with one integration, and a file in the same folder. JSON is YAML too. */
function aManifest(entry: Json, beside: Readonly<Record<string, string>> = {}): string {
  const folder = aFolder()
  for (const [name, content] of Object.entries(beside)) writeFileSync(join(folder, name), content)
  const path = join(folder, 'latchkey.yaml')
  writeFileSync(path, JSON.stringify({ integrations: [entry] }))
  return path
}

test('keys are in files next to the manifest or in the manifest itself, and the plan names each change', async () => {
  const { clientId } = await server.integration()
  const [pem, inline] = [aClientKey('ES256'), aClientKey('RS256', 'inline')]
  const entry = { name: 'Keyed', client_id: clientId }
  const keys = [{ file: 'client.pub.pem', max_lifetime: 60 }, { jwk: inline.jwk }]
  const both = aManifest({ ...entry, secret: 'none', keys }, { 'client.pub.pem': pemOf(pem) })
  const plan = await runOn(server, ['apply', '-f', both, '--dry-run'])
  expect(plan).toMatchObject({ exitCode: 0, stderr: '0 to create, 1 to change, 0 as declared.\n' })
  const lines = plan.stdout.trimEnd().split('\n')
  expect(lines.slice(2)).toEqual([
    expect.stringMatching(/^ {4}ends the secret sec_\w+$/),
    expect.stringMatching(
      /^ {4}adds the ES256 key "[\w-]{43}" \(thumbprint [\w-]{43}\), for assertions of at most 60 s$/,
    ),
    expect.stringMatching(
      /^ {4}adds the RS256 key "inline" \(thumbprint [\w-]{43}\), for assertions of at most 300 s$/,
    ),
  ])
  expect(await statusOf(clientId, pem)).toBe(401)
  expect(await runOn(server, ['apply', '-f', both])).toMatchObject({ exitCode: 0, stdout: plan.stdout })
  expect([await statusOf(clientId, pem), await statusOf(clientId, inline)]).toEqual([200, 200])
  expect(await runOn(server, ['apply', '-f', both])).toMatchObject({
    stdout: '',
    stderr: '0 created, 0 changed, 1 as declared.\n',
  })
  const one = await runOn(server, ['apply', '-f', aManifest({ ...entry, keys: [{ jwk: inline.jwk }] })])
  expect(one.stdout).toMatch(/^~ integration "Keyed" \(lk\w{14}\)\n {4}ends the ES256 key .*\n$/)
  expect([await statusOf(clientId, pem), await statusOf(clientId, inline)]).toEqual([401, 200])
})

test('a new integration without a secret is planned as such', async () => {
  const entry = { name: 'New and keyed', scopes: [PREDICT], keys: [{ jwk: aClientKey('ES256', 'first').jwk }] }
  const { stdout } = await runOn(server, ['apply', '-f', aManifest(entry), '--dry-run'])
  expect(stdout).toMatch(/^\+ integration "New and keyed"\n {4}adds the ES256 key "first" .*\n {4}makes no secret\n$/)
})

test('a private key anywhere in the manifest stops the command before any part of it is sent', async () => {
  const { privateKey } = aClientKey('ES256')
  const jwk = privateKey.export({ format: 'jwk' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const [keys, said] of [
    [[{ jwk }], /^\/integrations\/0\/keys\/0: The JWK has private members, so the private key is exposed\. /],
    [[{ file: 'key.pem' }], /key\.pem contains a private key\. It stays with the client, and was not sent\./],
  ] as const) {
    const path = aManifest({ name: 'Never', scopes: [PREDICT], keys }, { 'key.pem': pem })
    const refused = await runOn(server, ['apply', '-f', path])
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(said) as unknown })
    expect(refused.stderr).not.toContain(jwk.d)
    expect(refused.stderr).not.toContain(pem.split('\n')[1])
  }
  const { stdout } = await runOn(server, ['integrations', 'list', '--search', 'Never', '--json'])
  expect(JSON.parse(stdout)).toEqual({ items: [] })
})

test('a key with both a file and a JWK is refused with its place, and so is a file that does not exist', async () => {
  for (const [key, said] of [
    [{ file: 'a.pem', jwk: {} }, '/integrations/0/keys/0 must have a jwk, or a file'],
    [{ file: 'missing.pem' }, 'missing.pem (ENOENT)'],
  ] as const) {
    const refused = await runOn(server, ['apply', '-f', aManifest({ name: 'Never', scopes: [PREDICT], keys: [key] })])
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(said) as unknown })
  }
})

test('an export with keys changes nothing when it is applied to its own server, and another server then exports the same', async () => {
  const [here, there] = [await aServer(), await aServer()]
  const [both, keyed] = [await here.integration(), await here.integration()]
  await here.integration()
  const manifest = {
    integrations: [
      { client_id: both.clientId, name: 'Both', keys: [{ jwk: aClientKey('ES256', 'a').jwk, max_lifetime: 600 }] },
      { client_id: keyed.clientId, name: 'Keyed', secret: 'none', keys: [{ jwk: aClientKey('RS256').jwk }] },
    ],
  }
  expect(await runOn(here, ['apply', '-f', '-'], JSON.stringify(manifest))).toMatchObject({ exitCode: 0 })
  expect(await runOn(here, ['credentials', 'list', both.clientId])).toMatchObject({ exitCode: 0 })
  const { stdout: exported } = await runOn(here, ['export'])
  expect(exported.match(/^ {4}secret: .*$/gm)).toEqual(['    secret: generated', '    secret: none'])
  expect(exported.match(/^ {4}keys:.*$/gm)).toEqual(['    keys:', '    keys:', '    keys: []'])
  expect(await runOn(here, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0, stdout: '' })
  expect(await runOn(there, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0 })
  expect((await runOn(there, ['export'])).stdout).toBe(exported)
  expect(await runOn(there, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0, stdout: '' })
})
