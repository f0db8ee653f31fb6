// latchkey with integrations whose keys are at a jwks_uri, against a real server. The server may not connect to the
// addresses in this test, so each fetch fails at once.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { aServer, PREDICT, type TestServer } from '../../a-server.ts'
import { aClientKey, type Json } from '../../client-assertions.ts'
import { latchkey } from '../../run-command.ts'

const URI = 'https://127.0.0.1:9/jwks.json'

const runOn = ({ dataDir }: TestServer, args: readonly string[], stdin?: string) =>
  latchkey(args, { LATCHKEY_DATA_DIR: dataDir }, stdin === undefined ? {} : { stdin })

test('add-jwks-uri says why the keys cannot be fetched, list and doctor show it, and end ends it', async () => {
  const server = await aServer()
  const { clientId } = await server.integration({ name: 'Billing' })
  const options = ['--algorithm', 'ES256', '--max-lifetime', '60s']
  const added = await runOn(server, ['credentials', 'add-jwks-uri', clientId, URI, ...options])
  expect(added.exitCode).toBe(0)
  expect(added.stderr).toMatch(/\(src_\w+\)\. The keys could not be fetched \(address_forbidden\)\./)
  const list = await runOn(server, ['credentials', 'list', clientId, '--json'])
  const { items } = JSON.parse(list.stdout) as { items: Json[] }
  expect(items).toMatchObject([{ kind: 'jwks_uri', uri: URI, algorithms: ['ES256'], max_lifetime: 60 }])
  expect((await runOn(server, ['credentials', 'list', clientId])).stdout).toContain(URI)
  const doctor = await runOn(server, ['doctor', '--json'])
  expect(doctor.exitCode).toBe(6)
  expect((JSON.parse(doctor.stdout) as { checks: Json[] }).checks).toContainEqual({
    ...{ check: 'keys of clients', status: 'problem', found: `"Billing" (${clientId}): address_forbidden` },
    cure: expect.stringContaining('LATCHKEY_KEY_SOURCE_NETWORKS') as string,
  })
  const end = ['credentials', 'end', clientId, String(items[0]?.['id']), '--yes']
  expect(await runOn(server, end)).toMatchObject({ exitCode: 0 })
  expect((await runOn(server, ['doctor', '--json'])).exitCode).toBe(0)
})

test('a manifest declares a jwks_uri, moves from it to keys and back, and never gives an integration both', async () => {
  const server = await aServer()
  const path = join(aFolder(), 'latchkey.yaml')
  const apply = async (entry: Json, ...more: readonly string[]) => {
    const integration = { name: 'Billing', scopes: [PREDICT], ...entry }
    writeFileSync(path, JSON.stringify({ integrations: [integration] }))
    return runOn(server, ['apply', '-f', path, ...more])
  }
  const keys = [{ jwk: aClientKey('ES256', 'one').jwk }]
  const declared = { jwks_uri: { uri: URI, max_lifetime: 60 } }
  expect(await apply(declared)).toMatchObject({ exitCode: 0, stderr: '1 created, 0 changed, 0 as declared.\n' })
  expect(await apply(declared)).toMatchObject({ exitCode: 0, stdout: '' })
  expect((await apply({ keys })).stderr).toContain('either keys or a jwks_uri')
  const toKeys = await apply({ keys, jwks_uri: null })
  expect(toKeys.stdout).toContain(`    ends the jwks_uri ${URI}\n    adds the ES256 key "one"`)
  const back = await apply({ keys: [], jwks_uri: { uri: URI, algorithms: ['RS256'] } })
  expect(back.stdout).toContain(`    fetches the keys from ${URI}, for assertions of at most 300 s\n`)
  expect(await apply({ jwks_uri: { uri: 'http://a.test/jwks' } })).toMatchObject({ exitCode: 2 })
})

test('an export with a jwks_uri changes nothing on its server, and makes another server that exports the same', async () => {
  const [one, other] = [await aServer(), await aServer()]
  const { clientId } = await one.integration({ name: 'Billing' })
  await runOn(one, ['credentials', 'add-jwks-uri', clientId, URI])
  const exported = await runOn(one, ['export'])
  expect(exported.stdout).toContain(URI)
  const again = await runOn(one, ['apply', '-f', '-'], exported.stdout)
  expect(again).toMatchObject({ exitCode: 0, stdout: '' })
  expect(await runOn(other, ['apply', '-f', '-'], exported.stdout)).toMatchObject({ exitCode: 0 })
  expect((await runOn(other, ['export'])).stdout).toBe(exported.stdout)
})
