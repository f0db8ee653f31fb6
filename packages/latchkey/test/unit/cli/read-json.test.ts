// The JSON files of latchkey issuers create and latchkey trust add, against a real server.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { aPlatform, made, podRule } from '../../a-platform.ts'
import { startTestServer, type TestServer } from '../../a-server.ts'
import { latchkey } from '../../run-command.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const run = (args: readonly string[], stdin?: string) =>
  latchkey(args, { LATCHKEY_DATA_DIR: server.dataDir }, stdin === undefined ? {} : { stdin })

const create = (name: string, path: string) =>
  ['issuers', 'create', name, '--platform', 'oidc', '--url', `https://${name}.test`, '--jwks', path] as const

test('a JWK set and matchers are read from files and from standard input', async () => {
  const { key } = aPlatform(server)
  const { id } = await server.integration()
  const set = JSON.stringify({ keys: [key.jwk] })
  const matchers = JSON.stringify(podRule('one')['claims'])
  const folder = aFolder({ 'set.json': set, 'matchers.json': matchers })
  const add = (path: string) => ['trust', 'add', id, '--issuer', 'one', '--claims', path] as const
  for (const [args, stdin] of [
    [create('one', join(folder, 'set.json'))],
    [create('two', '-'), set],
    [add(join(folder, 'matchers.json'))],
    [add('-'), matchers],
  ] as const) {
    expect(await run(args, stdin)).toMatchObject({ exitCode: 0 })
  }
  const { items } = await made(server, 'GET', '/issuers')
  expect(items).toMatchObject([{ key_state: { kids: [key.kid] } }, { key_state: { kids: [key.kid] } }])
  expect((await made(server, 'GET', `/integrations/${id}/credentials`))['items']).toHaveLength(2)
})

test.each([
  ['no JSON', 'hunter2'],
  ['null', 'null'],
  ['a document of another form', '{"keys":{"hunter2":1}}'],
])('the error about %s says what the file must contain, and repeats no part of the file', async (_name, text) => {
  const { id } = await server.integration()
  const path = join(aFolder({ 'given.json': text }), 'given.json')
  const refusals = [
    await run(create('other', path)),
    await run(['trust', 'add', id, '--issuer', 'x', '--claims', path]),
  ]
  expect(refusals.map(({ exitCode, stderr }) => [exitCode, stderr.split('\n')[0]])).toEqual([
    [2, expect.stringContaining(`${path} does not contain a JWK set: a JSON object with the member "keys".`)],
    [2, expect.stringContaining(`${path} does not contain a JSON array of matchers, such as [{"claim"`)],
  ])
  for (const { stdout, stderr } of refusals) expect(stdout + stderr).not.toContain('hunter2')
})
