// latchkey apply and export with the trust rules of integrations, against real servers.
import { expect, test } from 'vitest'
import { aPlatform, made, podClaims, podRule, tokenOf } from '../../a-platform.ts'
import { aServer, PREDICT, type TestServer } from '../../a-server.ts'
import type { Json } from '../../client-assertions.ts'
import { latchkey } from '../../run-command.ts'

const CLIENT_ID = 'lk0123456789abcd'

const runOn = ({ dataDir }: TestServer, args: readonly string[], stdin?: string) =>
  latchkey(args, { LATCHKEY_DATA_DIR: dataDir }, stdin === undefined ? {} : { stdin })

function declaredRule(account: string, more: Json = {}): Json {
  const { issuer, claims } = podRule('prod-cluster', 'payments', account)
  return { issuer, claims, ...more }
}

const manifest = (trust: readonly Json[]): string =>
  JSON.stringify({
    integrations: [{ client_id: CLIENT_ID, name: 'Worker', scopes: [PREDICT], secret: 'none', trust }],
  })

test('a pod gets a token by a declared rule, the plan names each change, and applying the manifest again changes nothing', async () => {
  const server = await aServer()
  const platform = aPlatform(server)
  await made(server, 'POST', '/issuers', platform.registration)
  const first = manifest([declaredRule('worker')])
  const plan = await runOn(server, ['apply', '-f', '-', '--dry-run'], first)
  const named = (account: string) =>
    `the trust rule of "prod-cluster" with sub = system:serviceaccount:payments:${account}; kubernetes.io/pod/uid is there`
  expect(plan.stdout).toBe(
    `+ integration "Worker" (${CLIENT_ID})\n    adds ${named('worker')}, for assertions of at most 3900 s\n    makes no secret\n`,
  )
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(401)
  expect(await runOn(server, ['apply', '-f', '-'], first)).toMatchObject({ exitCode: 0, stdout: plan.stdout })
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(200)
  expect(await runOn(server, ['apply', '-f', '-'], first)).toMatchObject({
    stdout: '',
    stderr: '0 created, 0 changed, 1 as declared.\n',
  })
  const next = manifest([declaredRule('batch', { reuse: 'once', max_lifetime: 600 })])
  expect((await runOn(server, ['apply', '-f', '-'], next)).stdout.split('\n').slice(1, 3)).toEqual([
    `    ends ${named('worker')}`,
    `    adds ${named('batch')}, for assertions of at most 600 s, each used once`,
  ])
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(401)
})

test('an export with rules changes nothing when it is applied to its own server, and another server then exports the same', async () => {
  const [here, there] = [await aServer(), await aServer()]
  for (const server of [here, there]) await made(server, 'POST', '/issuers', aPlatform(server).registration)
  const rules = manifest([declaredRule('worker'), declaredRule('batch', { reuse: 'once', max_lifetime: 600 })])
  expect(await runOn(here, ['apply', '-f', '-'], rules)).toMatchObject({ exitCode: 0 })
  const { stdout: exported } = await runOn(here, ['export'])
  expect(exported).toMatch(/^ {4}keys: \[\]\n {4}trust:\n {6}- issuer: prod-cluster$/m)
  expect(await runOn(here, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0, stdout: '' })
  expect(await runOn(there, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0 })
  expect(await runOn(there, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0, stdout: '' })
  const [entry] = (await runOn(there, ['export'])).stdout.split('  - name: Worker').slice(1)
  expect(exported).toContain(entry)
})
