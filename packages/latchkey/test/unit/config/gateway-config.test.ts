// The file of a gateway: defaults, all problems at once, and the file that --print-config prints.
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { gatewayFile } from '../../../src/config/gateway-document.ts'
import { gatewaySettings } from '../../../src/config/gateway-settings.ts'
import { readGatewayConfig } from '../../../src/config/read-gateway-config.ts'
import { REFERENCE_APIS } from '../../../src/domain/reference-catalog.ts'
import { aFolder } from '../../a-folder.ts'

const CREDENTIALS = { LATCHKEY_CLIENT_ID: 'lk0123456789abcd', LATCHKEY_CLIENT_SECRET: 'a secret' }
const ENOUGH = 'issuer: http://127.0.0.1:8080/oauth2/x\nupstream: http://127.0.0.1:9090\n'

const read = (text: string, env: Record<string, string> = CREDENTIALS) =>
  readGatewayConfig({ text, name: 'gateway.yaml', env })

/** `setting problem`, one for each. */
const problems = (text: string, env?: Record<string, string>): readonly string[] => {
  const result = read(text, env)
  return result.ok ? [] : result.refusal.map(({ setting, problem }) => `${setting} ${problem}`)
}

const configOf = (text: string, env?: Record<string, string>) => {
  const result = read(text, env)
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  return result.value
}

test('an issuer and an upstream are enough', () => {
  const config = configOf(ENOUGH)
  expect(config).toMatchObject({
    issuer: 'http://127.0.0.1:8080/oauth2/x',
    audience: 'api://default',
    liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
    listener: { host: '127.0.0.1', port: 8082 },
    status: { host: '127.0.0.1', port: 8083 },
    authorization: 'kept',
  })
  expect(config.apis).toEqual(REFERENCE_APIS.map((api) => ({ ...api, upstream: 'http://127.0.0.1:9090' })))
})

test('the printed file is valid without changes and has the defaults', () => {
  const config = configOf(gatewayFile())
  expect(config).toMatchObject({ ...configOf(ENOUGH), issuer: config.issuer, credentials: config.credentials })
})

test('the printed file names every setting', () => {
  for (const key of Object.keys(gatewaySettings)) {
    expect(gatewayFile()).toMatch(new RegExp(`^ *#?${key.split('.').at(-1) ?? ''}: `, 'm'))
  }
})

test('a setting of the printed file keeps its meaning when the comment sign is removed', () => {
  const examples = gatewayFile().replace(/^( *)#(?!tls_|format|trusted)([a-z_]+: )/gm, '$1$2')
  expect(configOf(examples)).toMatchObject({ limits: configOf(ENOUGH).limits, timeouts: configOf(ENOUGH).timeouts })
})

test('all problems are reported at once', () => {
  const text = `
upstream: ftp://here
listen: { host: 0.0.0.0, prot: 1, port: 70000 }
liveness: { mode: sometimes }
limits: 3
tiemouts: {}
`
  expect(problems(text, {})).toEqual([
    'listen.prot is not a setting',
    'limits must be a mapping of settings',
    'tiemouts is not a setting',
    'upstream is "ftp://here"; it must be an http or https URL of host and port alone: no path, query, fragment or user name',
    'listen.port is 70000; it must be a whole number from 0 to 65535',
    'liveness.mode is "sometimes"; it must be one of feed, introspect, until-expiry',
    'upstream is not set',
    'issuer is not set',
    'listen.host is 0.0.0.0, beyond loopback, where tokens would travel in plain text',
    'LATCHKEY_CLIENT_ID is not set',
    'LATCHKEY_CLIENT_SECRET is not set',
  ])
})

test('a misspelt setting is reported with the most similar name', () => {
  const result = read(`${ENOUGH}listen: { prot: 1 }\n`)
  expect(result).toMatchObject({ refusal: [{ setting: 'listen.prot', cure: 'Did you mean listen.port?' }] })
})

test.each([
  [
    'plain http to an issuer elsewhere',
    'issuer: http://auth.example.com/oauth2/x\nupstream: http://127.0.0.1:9090',
    'issuer is http://auth.example.com/oauth2/x: the gateway does not send tokens and its secret in plain text beyond loopback',
  ],
  [
    'an upstream that is the gateway',
    'issuer: https://a\nupstream: http://localhost:8082',
    'upstream is http://localhost:8082, which is the gateway itself',
  ],
  ['one port for two', `${ENOUGH}status: { port: 8082 }`, 'status.port is 8082, the port for clients'],
  [
    'half a certificate',
    `${ENOUGH}listen: { tls_cert_file: /nowhere }`,
    'listen.tls_cert_file is set without listen.tls_key_file',
  ],
  [
    'no YAML',
    `${ENOUGH}  x: [`,
    'gateway.yaml is not valid YAML: Nested mappings are not allowed in compact mappings at line 2, column 11',
  ],
  [
    'a setting twice',
    `${ENOUGH}issuer: https://a`,
    'gateway.yaml is not valid YAML: Map keys must be unique at line 3, column 1',
  ],
  ['a list', '- issuer', 'gateway.yaml is not a mapping of settings'],
])('%s is refused', (_what, text, problem) => {
  expect(problems(text)).toContain(problem)
})

test('behind proxies that terminate TLS the gateway may listen beyond loopback', () => {
  const config = configOf(`${ENOUGH}listen: { host: 0.0.0.0, trusted_proxies: [10.0.0.0/8, 192.0.2.1] }`)
  expect(config.trustedProxies).toEqual(['10.0.0.0/8', '192.0.2.1'])
})

test('declared APIs replace the five default APIs, each with its upstream', () => {
  const config = configOf(`${ENOUGH}
apis:
  - { name: Orders, scope: orders.read, routes: ['/orders/**'], upstream: 'https://orders.example.com/' }
  - { name: Stock, scope: stock.read, routes: ['/stock/{item}'] }
`)
  expect(config.apis).toEqual([
    { name: 'Orders', scope: 'orders.read', routes: ['/orders/**'], upstream: 'https://orders.example.com' },
    { name: 'Stock', scope: 'stock.read', routes: ['/stock/{item}'], upstream: 'http://127.0.0.1:9090' },
  ])
})

test('all problems of the APIs are reported with their positions', () => {
  const text = `issuer: https://a
apis:
  - { name: '', scope: a b, routes: ['/a/**/b', 'c'], upstream: 'x', port: 1 }
  - { name: One, scope: one, routes: [] , upstream: 'http://127.0.0.1:1' }
  - { name: Two, scope: two, routes: ['/x/{a}'] }
  - orders
`
  expect(problems(text).map((line) => line.split(' ')[0])).toEqual([
    'apis[0].port',
    'apis[0].name',
    'apis[0].scope',
    'apis[0].routes[0]',
    'apis[0].routes[1]',
    'apis[0].upstream',
    'apis[1].routes',
    'apis[2].upstream',
    'apis[3]',
  ])
})

test('a name of an API that looks like another name is refused', () => {
  const text = `${ENOUGH}apis: [{ name: "Or\\u200Bders", scope: one, routes: ['/x'] }]\n`
  expect(problems(text)).toEqual(['apis[0].name must be 1 to 64 visible characters'])
})

test('a route of two APIs is refused, even if the names of its placeholders differ', () => {
  const text = `${ENOUGH}
apis:
  - { name: One, scope: one, routes: ['/x/{a}'] }
  - { name: Two, scope: two, routes: ['/X/{b}'] }
`
  expect(problems(text)).toEqual(['apis give /X/{b} to One and to Two'])
})

test('the secret may come from a file, and no output contains it', () => {
  const file = join(aFolder(), 'secret')
  writeFileSync(file, 'lks_planted\n')
  const env = { LATCHKEY_CLIENT_ID: 'lk0123456789abcd', LATCHKEY_CLIENT_SECRET_FILE: file }
  const config = configOf(ENOUGH, env)
  expect(config.credentials).toEqual({ clientId: 'lk0123456789abcd', clientSecret: new Secret('lks_planted') })
  expect(JSON.stringify(config)).not.toContain('planted')
})

describe('in place of a secret', () => {
  const CLIENT = { LATCHKEY_CLIENT_ID: 'lk0123456789abcd' }
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

  function aKeyFile(content: string, mode: number): string {
    const file = join(aFolder(), 'client.pem')
    writeFileSync(file, content)
    chmodSync(file, mode)
    return file
  }

  test('a private key authenticates the gateway, and no output contains it', () => {
    const env = { ...CLIENT, LATCHKEY_CLIENT_PRIVATE_KEY_FILE: aKeyFile(pem, 0o640) }
    const config = configOf(ENOUGH, env)
    expect(config.credentials).toMatchObject({ clientId: 'lk0123456789abcd', algorithm: 'EdDSA' })
    expect(JSON.stringify(config)).not.toContain(pem.split('\n')[1])
  })

  test('an assertion file authenticates the gateway, even if the file does not exist yet', () => {
    const env = { ...CLIENT, LATCHKEY_CLIENT_ASSERTION_FILE: '/nowhere/token' }
    expect(configOf(ENOUGH, env).credentials).toEqual({
      ...{ clientId: 'lk0123456789abcd' },
      assertionFile: '/nowhere/token',
    })
  })

  test('a private key that cannot be used is refused, and the error says what to do', () => {
    const env = (file: string) => ({ ...CLIENT, LATCHKEY_CLIENT_PRIVATE_KEY_FILE: file })
    const open = aKeyFile(pem, 0o644)
    const result = read(ENOUGH, env(open))
    expect(result).toMatchObject({
      refusal: [
        {
          setting: 'LATCHKEY_CLIENT_PRIVATE_KEY_FILE',
          problem: `names "${open}", which is open to every user`,
          cure: `Run: chmod 600 ${open}`,
        },
      ],
    })
    expect(problems(ENOUGH, env(aKeyFile('no key', 0o600)))[0]).toContain('contains no private key in PEM')
    expect(problems(ENOUGH, env('/nowhere'))).toEqual([
      'LATCHKEY_CLIENT_PRIVATE_KEY_FILE names "/nowhere", which cannot be read (ENOENT)',
    ])
  })

  test('two kinds of credentials are refused, and so is a gateway without credentials', () => {
    const both = { ...CREDENTIALS, LATCHKEY_CLIENT_ASSERTION_FILE: '/a', LATCHKEY_CLIENT_PRIVATE_KEY_FILE: '/b' }
    expect(problems(ENOUGH, both)).toEqual([
      'LATCHKEY_CLIENT_SECRET is set, and so are LATCHKEY_CLIENT_PRIVATE_KEY_FILE and LATCHKEY_CLIENT_ASSERTION_FILE',
    ])
    expect(read(ENOUGH, CLIENT)).toMatchObject({
      refusal: [
        {
          problem: 'is not set',
          cure: 'Set it to the secret of the integration, or set LATCHKEY_CLIENT_PRIVATE_KEY_FILE or LATCHKEY_CLIENT_ASSERTION_FILE.',
        },
      ],
    })
  })
})

test('a gateway that never asks the server needs no credentials', () => {
  expect(configOf(`${ENOUGH}liveness: { mode: until-expiry }`, {}).credentials).toBeUndefined()
})
