// docs/secretless.md: the commands of each platform run in the order of a reader, against a mock that signs the tokens
// of the platform. Only the server, the client ID and the path of the token in a pod are changed.
import { readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { CreatedIntegration } from 'latchkey/admin-api'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { has } from '../../scripts/programs.mjs'
import { aMock } from '../a-mock.ts'
import { PREDICT } from '../integrations.ts'
import { aTemporaryFolder } from '../real-server.ts'
import { readPage } from './page.ts'
import { pathWithLatchkey, standIn } from './path-with-latchkey.ts'
import { aShell, type Output } from './shell.ts'

const page = readPage('docs/secretless.md')
const OWN_KEY = 'A key of its own'
const OWN_URL = 'A URL with your keys'
const TEST_IT = 'Test it'
const DISABLE = 'Disable an issuer'
const CLOUD = 'A cloud or another issuer'

interface Signed {
  readonly assertion: string
  readonly jwks: object
}

/** Makes a reader with a terminal in an empty folder, a mock, and an integration of the mock. */
async function aReader() {
  const { reported } = await aMock()
  const folder = aTemporaryFolder()
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  const send = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${reported.admin_url}/admin/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${reported.admin_key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (answer.status !== 201) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`)
    return answer.json()
  }
  const { client_id: clientId } = (await send('/integrations', {
    ...{ name: 'Nightly export', scopes: [PREDICT] },
  })) as CreatedIntegration
  const addressed = (block: string): string =>
    block
      .replaceAll('https://auth.example.com/oauth2/default', reported.issuer)
      .replaceAll('lk0123456789abcd', clientId)
      .replaceAll('/var/run/secrets/latchkey/token', join(folder, 'token'))
  const env = {
    ...pathWithLatchkey({ kubectl: 'cat keys.json', jq: standIn('process.stdout.write(JSON.parse(input).value)') }),
    ...{ LATCHKEY_ADMIN_URL: reported.admin_url, LATCHKEY_ADMIN_KEY: reported.admin_key },
    ...{ LATCHKEY_PUBLIC_URL: new URL(reported.issuer).origin, RUNNER_TEMP: folder },
  }
  const shellWith = (more: Readonly<Record<string, string>> = {}) => aShell({ cwd: folder, env: { ...env, ...more } })
  const run = async (block: string, more: Readonly<Record<string, string>> = {}): Promise<Output> => {
    const output = await shellWith(more).run(addressed(block))
    expect(output, block).toMatchObject({ status: 0 })
    return output
  }
  return {
    ...{ issuer: reported.issuer, clientId, write, run, folder },
    sign: (platform: string, claims: object = {}) => send('/mock/assertions', { platform, claims }) as Promise<Signed>,
  }
}

const commandsOf = (section: string): readonly string[] => page.section(section, 'sh')

/** The request of a pod, which the page shows once. */
const podRequest = (): string => commandsOf('Kubernetes').find((block) => block.startsWith('curl')) ?? ''

const expectToken = ({ stdout }: Output): void => {
  expect(JSON.parse(stdout)).toMatchObject({ token_type: 'Bearer', scope: PREDICT })
}

test('every section of the page with shell blocks is run by this test', () => {
  const sections = page.blocks.filter(({ language }) => language === 'sh').map(({ section }) => section)
  const run = [OWN_KEY, OWN_URL, 'Kubernetes', 'GitHub Actions', 'GitLab', 'SPIFFE', CLOUD, TEST_IT, DISABLE]
  expect([...new Set(sections)]).toEqual(run)
})

test.skipIf(!has('openssl'))("the commands of the page get a token with the client's own key", async () => {
  const { run } = await aReader()
  const [commands = ''] = commandsOf(OWN_KEY)
  expect((await run(commands)).stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/m)
})

test('the command of the page gets a token with a key that the client publishes', async () => {
  const { run, sign, issuer, clientId } = await aReader()
  const [command = ''] = commandsOf(OWN_URL)
  expect((await run(command)).stderr).toContain('It publishes mock-1.')
  const now = Math.floor(Date.now() / 1000)
  const { assertion } = await sign('oidc', { iss: clientId, sub: clientId, iat: now, nbf: now, exp: now + 60 })
  const body = new URLSearchParams({
    ...{ grant_type: 'client_credentials', scope: PREDICT, client_assertion: assertion },
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
  const answer = await fetch(`${issuer}/v1/token`, { method: 'POST', body })
  expect(answer.status, await answer.clone().text()).toBe(200)
})

describe.skipIf(!has('curl'))('the commands of the page get a token for', () => {
  test('a pod', async () => {
    const { run, write, sign } = await aReader()
    const { assertion, jwks } = await sign('kubernetes')
    write('keys.json', JSON.stringify(jwks))
    write('token', assertion)
    const outputs = []
    for (const block of commandsOf('Kubernetes')) outputs.push(await run(block))
    expect(outputs).toHaveLength(3)
    expectToken(outputs[2] as Output)
  })

  test('a workflow of GitHub, and further commands test an assertion and disable the issuer', async () => {
    const { run, write, sign, issuer, folder } = await aReader()
    for (const block of commandsOf('GitHub Actions')) await run(block)
    const asked: string[] = []
    const github = createServer((request, response) => {
      asked.push(`${request.headers.authorization ?? ''} ${request.url ?? ''}`)
      void sign('github').then(({ assertion: value }) => response.end(JSON.stringify({ value })))
    })
    await once(github.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void github.close())
    const [yaml = ''] = page.section('GitHub Actions', 'yaml')
    const { steps } = parse(yaml) as { readonly steps: readonly { readonly run: string }[] }
    const url = `http://127.0.0.1:${String((github.address() as AddressInfo).port)}/token?api-version=2.0`
    const variables = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job', ACTIONS_ID_TOKEN_REQUEST_URL: url }
    expectToken(await run(steps[0]?.run ?? '', variables))
    expect(asked).toEqual([`Bearer of-the-job /token?api-version=2.0&audience=${issuer}`])

    write('token.jwt', readFileSync(join(folder, 'assertion'), 'utf8'))
    const [testing = ''] = commandsOf(TEST_IT)
    expect((await run(testing)).stdout).toContain('acme/deploy')
    const [disabling = ''] = commandsOf(DISABLE)
    await run(disabling)
    const refused = await run(`${testing} || test $? = 6`)
    expect(refused.stdout).toContain('✗')
  })

  test('a job of GitLab', async () => {
    const { run, sign } = await aReader()
    for (const block of commandsOf('GitLab')) await run(block)
    const [yaml = ''] = page.section('GitLab', 'yaml')
    const { deploy } = parse(yaml) as { readonly deploy: { readonly script: readonly string[] } }
    expectToken(await run(deploy.script[0] ?? '', { GITLAB_ID_TOKEN: (await sign('gitlab')).assertion }))
  })

  test('a workload of SPIFFE', async () => {
    const { run, write, sign } = await aReader()
    const { assertion, jwks } = await sign('spiffe')
    write('bundle.json', JSON.stringify(jwks))
    write('svid.jwt', assertion)
    const [trusting = '', requesting = ''] = commandsOf('SPIFFE')
    await run(trusting)
    expectToken(await run(requesting))
  })

  test('an account at a cloud', async () => {
    const { run, write, sign } = await aReader()
    write('token', (await sign('oidc')).assertion)
    for (const block of commandsOf(CLOUD)) await run(block)
    expectToken(await run(podRequest()))
  })
})
