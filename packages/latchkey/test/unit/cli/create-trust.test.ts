// latchkey integrations create with --trust and --key: an integration without a secret, and the lines for its client.
import { createPublicKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { presetOfText } from '../../../src/cli/trust-text.ts'
import { presetOf } from '../../../src/cli/trust-presets.ts'
import { readYaml } from '../../../src/config/read-yaml.ts'
import { aFolder } from '../../a-folder.ts'
import { aPlatform, made, podClaims, tokenOf } from '../../a-platform.ts'
import { PREDICT, startTestServer, type TestServer } from '../../a-server.ts'
import { aClientKey } from '../../client-assertions.ts'
import { latchkey } from '../../run-command.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await made(server, 'POST', '/issuers', { ...GITHUB, audience: 'api://deploy' })
  await made(server, 'POST', '/issuers', { name: 'gitlab', url: 'https://gitlab.com', platform: 'gitlab' })
})
afterAll(() => server.stop())

const GITHUB = { name: 'github', url: 'https://token.actions.githubusercontent.com', platform: 'github' }

const create = (...args: readonly string[]) =>
  latchkey(['integrations', 'create', '--name', 'New', '--scope', PREDICT, ...args], {
    LATCHKEY_DATA_DIR: server.dataDir,
  })

test('--trust makes an integration without a secret that the pod can use at once', async () => {
  const platform = aPlatform(server)
  await made(server, 'POST', '/issuers', platform.registration)
  const created = await create('--trust', 'kubernetes:payments/worker', '--issuer', platform.name)
  expect(created).toMatchObject({ exitCode: 0 })
  expect(created.stdout).not.toMatch(/secret [A-Za-z0-9]/i)
  expect(created.stdout).toContain(`audience: ${server.issuer}\n`)
  expect(created.stdout).toContain(`curl ${server.issuer}/v1/token \\\n`)
  const [clientId = ''] = /lk[a-z0-9]{14}/.exec(created.stdout) ?? []
  expect((await tokenOf(server, platform.sign(podClaims()), { client_id: clientId })).status).toBe(200)
  expect(await made(server, 'GET', `/integrations/${clientId}/secrets`)).toEqual({ items: [] })
})

test('the lines for GitHub and GitLab are YAML with the client ID and the audience of the issuer', async () => {
  for (const [trust, audience] of [
    ['github:acme/deploy#12345@main', 'api%3A%2F%2Fdeploy'],
    ['gitlab:acme/deploy#77@environment:production', server.issuer],
  ] as const) {
    const { stdout, exitCode } = await create('--trust', trust)
    expect(exitCode).toBe(0)
    const [clientId = ''] = /lk[a-z0-9]{14}/.exec(stdout) ?? []
    const yaml = stdout.slice(stdout.search(/^(permissions|deploy):/m))
    expect(readYaml(yaml).ok).toBe(true)
    expect(yaml).toContain(audience)
    expect(yaml).toContain(`--data client_id=${clientId} `)
  }
})

test('--key prints the program that signs with the private key, and no part of a key', async () => {
  const { privateKey } = aClientKey('ES256')
  const file = join(aFolder(), 'client.pub.pem')
  writeFileSync(file, createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }))
  const { stdout, stderr } = await create('--key', file)
  const [clientId = ''] = /lk[a-z0-9]{14}/.exec(stdout) ?? []
  expect(stdout).toContain(`  clientId: '${clientId}',\n`)
  expect(stdout).toContain("credentials: { privateKey: '/path/to/the/private-key.pem' },")
  expect(stderr).toContain('It has no secret. These lines are for the program:')
  expect(stdout + stderr).not.toContain(privateKey.export({ format: 'jwk' }).d)
})

test('a rule that the server refuses makes no integration, and the refusal names its place in the request', async () => {
  const name = { name: 'Never', scopes: [PREDICT] }
  const key = { kind: 'key', jwk: aClientKey('ES256', 'one').jwk }
  const rule = { kind: 'trust', issuer: 'github', claims: [{ claim: ['actor'], equals: 'x' }] }
  await expect(made(server, 'POST', '/integrations', { ...name, credentials: [key, rule] })).rejects.toThrow(
    '/credentials/1/claims',
  )
  const { stdout } = await latchkey(['integrations', 'list', '--search', 'Never', '--json'], {
    LATCHKEY_DATA_DIR: server.dataDir,
  })
  expect(JSON.parse(stdout)).toEqual({ items: [] })
})

test.each([
  ['github:acme/deploy#12345@release/1', { github: 'acme/deploy', repositoryId: '12345', branch: 'release/1' }],
  [
    'github:acme/deploy#12345@workflow:acme/flows/.github/workflows/a.yml@refs/heads/main',
    {
      ...{ github: 'acme/deploy', repositoryId: '12345' },
      workflow: 'acme/flows/.github/workflows/a.yml@refs/heads/main',
    },
  ],
  ['github:acme/deploy#12345@environment:prod', { github: 'acme/deploy', repositoryId: '12345', environment: 'prod' }],
  ['gitlab:acme/sub/deploy#77@main', { gitlab: 'acme/sub/deploy', projectId: '77', branch: 'main' }],
  ['kubernetes:payments/worker', { kubernetes: 'payments/worker' }],
  ['spiffe://a.test/b/', { spiffe: 'spiffe://a.test/b/' }],
  ['subject:a:b', { subject: 'a:b' }],
])('the text %s gives the same preset as the options', (text, options) => {
  expect(presetOfText(text)).toMatchObject({ ...presetOf(options) })
})

describe('a text that is no trust rule is refused', () => {
  test.each(['github', 'github:acme/deploy@main', 'github:acme/deploy#12345', 'gitlab:a/b#77@workflow:x', 'oidc:a'])(
    '%s',
    (text) => {
      expect(() => presetOfText(text)).toThrow()
    },
  )
})
