// The agent's configuration file: its valid content, and the report of all its problems at once.
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@latchkey/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { readAgentConfig } from '../../src/agent/read-agent-config.ts'
import { openTokenManagers } from '../../src/agent/token-managers.ts'

function setting() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-agent-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, 'lks_very_secret\n', { mode: 0o600 })
  /** An integration without credentials. */
  const bare = {
    name: 'billing',
    issuer: 'https://auth.example.com/oauth2/a/',
    client_id: 'lk0123456789abcd',
    scopes: ['machinelearning.predict'],
  }
  const integration = { ...bare, client_secret_file: secretFile }
  const proxy = {
    name: 'api',
    port: 8091,
    upstream: 'https://api.example.com',
    integration: 'billing',
    scope: 'machinelearning.predict',
  }
  const read = (content: unknown) => readAgentConfig(content, '/run/agent.sock')
  const problems = (content: unknown): readonly string[] => {
    const outcome = read(content)
    return outcome.ok ? [] : outcome.refusal.map(({ setting: place, problem }) => `${place} ${problem}`)
  }
  return { folder, secretFile, bare, integration, proxy, read, problems }
}

test('a file with one integration is enough', () => {
  const { integration, read } = setting()
  const config = read({ integrations: [integration] })
  expect(config.ok && config.value).toMatchObject({
    socket: '/run/agent.sock',
    store: { kind: 'memory' },
    proxies: [],
    integrations: [
      { endpoint: { issuer: 'https://auth.example.com/oauth2/a' }, parameters: 'body', refreshBeforeSeconds: 300 },
    ],
  })
  const credentials = config.ok ? config.value.integrations[0]?.credentials : undefined
  expect(credentials).toEqual({ clientSecret: new Secret('lks_very_secret') })
})

test('an integration names exactly one of a secret, a key and a source of assertions', () => {
  const { folder, secretFile, bare, read, problems } = setting()
  const keyFile = join(folder, 'client.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const keyed = read({ integrations: [{ ...bare, private_key_file: keyFile, key_id: 'own' }] })
  const credentials = keyed.ok ? keyed.value.integrations[0]?.credentials : undefined
  expect(credentials).toMatchObject({ keyId: 'own', algorithm: 'EdDSA' })
  const platform = { ...bare, assertion_file: '/var/run/token' }
  const proven = read({ integrations: [platform] })
  expect(proven.ok && proven.value.integrations[0]?.credentials).toEqual({ assertionFile: '/var/run/token' })

  const exactlyOne =
    'integrations[0] needs exactly one of client_secret_file, private_key_file, assertion_file, github_actions'
  expect(problems({ integrations: [bare] })).toEqual([exactlyOne])
  expect(problems({ integrations: [{ ...platform, client_secret_file: secretFile }] })).toEqual([exactlyOne])
  expect(problems({ integrations: [{ ...bare, private_key_file: '/nowhere' }] })).toEqual([
    'integrations[0].private_key_file names /nowhere, which cannot be read (ENOENT)',
  ])
  const byUrl = { ...bare, issuer: undefined, token_url: 'https://auth.example.com/token', private_key_file: keyFile }
  expect(problems({ integrations: [byUrl] })).toEqual(['integrations[0] needs audience in addition to token_url'])
  expect(problems({ integrations: [platform], store: { folder: '/a' } })).toEqual(['store needs sealing_key_file'])
  const github = { ...bare, github_actions: true }
  expect(problems({ integrations: [github] })).toEqual([])
  expect(problems({ integrations: [github], store: { folder: '/a' } })).toEqual(['store needs sealing_key_file'])
  expect(problems({ integrations: [{ ...github, github_actions: 'yes' }] })).toEqual([
    'integrations[0].github_actions must be true',
  ])
  expect(problems({ integrations: [{ ...platform, github_actions: true }] })).toEqual([exactlyOne])
  const githubByUrl = { ...github, issuer: undefined, token_url: 'https://auth.example.com/token' }
  expect(problems({ integrations: [githubByUrl] })).toEqual(['integrations[0] needs audience in addition to token_url'])
})

test('all problems are reported at once, each with its place in the file', () => {
  const { folder, integration, proxy, problems } = setting()
  const content = {
    sockte: '/run/a.sock',
    http: { port: 70_000 },
    agent_key_file: join(folder, 'agent.key'),
    store: { folder: '/a', valkey: 'redis://a' },
    integrations: [
      { ...integration, token_url: 'https://auth.example.com/token', parameters: 'header' },
      { ...integration, issuer: 'http://auth.example.com', scopes: ['a b'], client_secret_file: '/nowhere' },
    ],
    proxies: [
      { ...proxy, upstream: 'https://api.example.com/v1', scope: 'other' },
      { name: 'b', integration: 'unknown', scope: 'a' },
    ],
  }
  const found = problems(content)
  for (const expected of [
    'sockte is not a setting',
    'http.port must be a whole number from 0 to 65535',
    'store needs either folder or valkey',
    'integrations[0] needs either issuer or token_url',
    'integrations[0].parameters must be body or query',
    'integrations[1].issuer must be an https URL, or http on loopback',
    'integrations[1].scopes has "a b"',
    'integrations[1].client_secret_file names /nowhere, which cannot be read (ENOENT)',
    'integrations has "billing" twice',
    'proxies[0].upstream must be an origin',
    'proxies[0].scope is not among the scopes of that integration',
    'proxies[1] needs either port or socket',
    'proxies[1].upstream is missing',
    'proxies[1].integration is none of the integrations',
  ]) {
    expect(found).toContain(expected)
  }
})

test.each([
  ['nothing', undefined],
  ['a list', []],
  ['a text', 'lks_pasted_in_the_wrong_place'],
])('%s is not a valid configuration, and the error does not quote it', (_title, content) => {
  const { problems } = setting()
  const found = problems(content)
  expect(found).toContain('the file must be a mapping')
  expect(found.join()).not.toContain('lks_')
})

test('only the owner and the group may read a secret file or a key file', () => {
  const { folder, secretFile, bare, integration, read, problems } = setting()
  const keyFile = join(folder, 'client.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const bySecret = { integrations: [integration] }
  const byKey = { integrations: [{ ...bare, private_key_file: keyFile }] }
  for (const mode of [0o600, 0o640, 0o440]) {
    for (const file of [secretFile, keyFile]) chmodSync(file, mode)
    expect([read(bySecret).ok, read(byKey).ok]).toEqual([true, true])
  }
  for (const mode of [0o644, 0o602]) {
    for (const file of [secretFile, keyFile]) chmodSync(file, mode)
    expect([problems(bySecret), problems(byKey)]).toEqual([
      [`integrations[0].client_secret_file names ${secretFile}, which is open to every user`],
      [`integrations[0].private_key_file names ${keyFile}, which is open to every user`],
    ])
  }
})

test('the file of a key is read once', async () => {
  const { folder, bare, read } = setting()
  const keyFile = join(folder, 'client.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const config = read({ integrations: [{ ...bare, private_key_file: keyFile, scopes: ['one', 'two'] }] })
  rmSync(keyFile)
  const managers = config.ok ? await openTokenManagers(config.value) : undefined
  expect(managers?.entries.map(({ manager }) => manager.scope)).toEqual(['one', 'two'])
  managers?.close()
})

test('a key that servers refuse is refused at the start', () => {
  const { folder, bare, problems } = setting()
  const keyFile = join(folder, 'client.pem')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  expect(problems({ integrations: [{ ...bare, private_key_file: keyFile }] })[0]).toContain(
    'integrations[0].private_key_file cannot be used: the private key is an RSA key of 1024 bits',
  )
})

test('a loopback listener needs an agent key, and a new key file is readable only by its owner', () => {
  const { folder, integration, proxy, read, problems } = setting()
  const agent_key_file = join(folder, 'keys/agent.key')
  expect(problems({ integrations: [integration], proxies: [proxy] })).toEqual([
    'agent_key_file is missing, and the agent listens on loopback',
  ])
  expect(
    problems({ integrations: [integration], proxies: [{ ...proxy, port: undefined, socket: '/run/api.sock' }] }),
  ).toEqual([])
  const first = read({ integrations: [integration], http: { port: 0 }, agent_key_file })
  const second = read({ integrations: [integration], proxies: [proxy], agent_key_file })
  expect(first.ok && second.ok && first.value.agentKey?.reveal() === second.value.agentKey?.reveal()).toBe(true)
  expect((statSync(agent_key_file).mode & 0o777).toString(8)).toBe('600')
  chmodSync(agent_key_file, 0o640)
  expect(problems({ integrations: [integration], http: { port: 0 }, agent_key_file })[0]).toContain(
    'which other users can read',
  )
})

test.runIf(process.getuid?.() === 0)(
  'an agent key file that belongs to another user is refused, because that user knows the key',
  () => {
    const { folder, integration, read, problems } = setting()
    const agent_key_file = join(folder, 'agent.key')
    const file = { integrations: [integration], http: { port: 0 }, agent_key_file }
    expect(read(file).ok).toBe(true)
    chownSync(agent_key_file, 65534, 65534)
    expect(problems(file)[0]).toContain('which belongs to another user')
  },
)

test('an agent key file that is a broken link is reported as a problem of the configuration, without a stack trace', () => {
  const { folder, integration, problems } = setting()
  const agent_key_file = join(folder, 'agent.key')
  symlinkSync('/nowhere/at/all', agent_key_file)
  expect(problems({ integrations: [integration], http: { port: 0 }, agent_key_file })[0]).toContain('ENOENT')
})

test.each(['http://a', 'redis://user:password@a', 'a:6379'])(
  '%s is refused as the address of a Valkey server',
  (valkey) => {
    const { integration, problems } = setting()
    expect(problems({ integrations: [integration], store: { valkey } })).toHaveLength(1)
  },
)
