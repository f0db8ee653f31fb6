// latchkey apply and export with trusted issuers, against real servers.
import { expect, test } from 'vitest'
import { aPlatform, podClaims, podRule, tokenOf } from '../../a-platform.ts'
import { aServer, PREDICT, type TestServer } from '../../a-server.ts'
import { latchkey } from '../../run-command.ts'

const runOn = ({ dataDir }: TestServer, args: readonly string[], stdin?: string) =>
  latchkey(args, { LATCHKEY_DATA_DIR: dataDir }, stdin === undefined ? {} : { stdin })

const { issuer, claims } = podRule('prod-cluster')
const WORKER = { client_id: 'lk0123456789abcd', name: 'Worker', scopes: [PREDICT], trust: [{ issuer, claims }] }

test('one manifest makes a server trust a cluster and its pods, and a dry run announces the same changes', async () => {
  const server = await aServer()
  const platform = aPlatform(server)
  const manifest = JSON.stringify({ issuers: [platform.registration], integrations: [WORKER] })
  const plan = await runOn(server, ['apply', '-f', '-', '--dry-run'], manifest)
  expect(plan).toMatchObject({ exitCode: 0, stderr: '2 to create, 0 to change, 0 as declared.\n' })
  expect(plan.stdout).toMatch(/^\+ issuer "prod-cluster"\n\+ integration "Worker" /)
  expect(await runOn(server, ['apply', '-f', '-'], manifest)).toMatchObject({ exitCode: 0, stdout: plan.stdout })
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(200)
  expect(await runOn(server, ['apply', '-f', '-'], manifest)).toMatchObject({
    stdout: '',
    stderr: '0 created, 0 changed, 2 as declared.\n',
  })
  const refused = await runOn(server, ['apply', '-f', '-'], JSON.stringify({ issuers: [] }))
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stderr).toContain('The list does not contain prod-cluster')
  const ended = JSON.stringify({ integrations: [{ ...WORKER, trust: [] }] })
  expect(await runOn(server, ['apply', '-f', '-'], ended)).toMatchObject({ exitCode: 0 })
  expect(await runOn(server, ['apply', '-f', '-'], JSON.stringify({ issuers: [] }))).toMatchObject({
    stdout: '- issuer "prod-cluster"\n',
    stderr: '0 created, 0 changed, 1 deleted, 0 as declared.\n',
  })
})

test('an export with issuers changes nothing when it is applied to its own server, and another server then exports the same', async () => {
  const [here, there] = [await aServer(), await aServer()]
  const github = { name: 'github', url: 'https://token.actions.githubusercontent.com', platform: 'github' }
  const cluster = { ...aPlatform(here).registration, audience: 'api://cluster', stale_seconds: 60 }
  const issuers = JSON.stringify({ issuers: [{ ...github, enabled: false }, cluster] })
  expect((await runOn(here, ['export'])).stdout).not.toContain('\nissuers:')
  expect(await runOn(here, ['apply', '-f', '-'], issuers)).toMatchObject({ exitCode: 0 })
  const { stdout: exported } = await runOn(here, ['export'])
  expect(exported).toMatch(/^issuers:\n {2}- name: github$/m)
  expect(await runOn(here, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0, stdout: '' })
  expect(await runOn(there, ['apply', '-f', '-'], exported)).toMatchObject({ exitCode: 0 })
  expect((await runOn(there, ['export'])).stdout).toBe(exported)
})
