// The options that createTokenManager refuses: it reports all problems at once, without quoting values.
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  createTokenManager,
  memoryStore,
  TokenError,
  type TokenManagerOptions,
  type TokenStore,
} from '../../src/index.ts'

const GOOD = { issuer: 'https://auth.example.com/oauth2/a', clientId: 'lk', clientSecret: 'lks', scope: 'a' }

const KEYED = {
  clientSecret: undefined,
  credentials: { privateKey: generateKeyPairSync('ed25519').privateKey },
}
const SHARED: TokenStore = { read: () => Promise.reject(new Error('unused')), replace: () => Promise.resolve(false) }

const PLATFORM = { clientSecret: undefined, credentials: { assertionFile: '/a' } }

const problemOf = (options: object): string => {
  try {
    createTokenManager(options as TokenManagerOptions)
  } catch (cause) {
    if (cause instanceof TokenError && cause.code === 'INVALID_OPTIONS') return cause.message
    throw cause
  }
  return ''
}

test.each([
  ['https', GOOD.issuer],
  ['http on loopback', 'http://127.0.0.1:8080/a'],
  ['http on loopback, IPv6', 'http://[::1]:8080/a'],
  ['http on localhost', 'http://localhost/a'],
])('createTokenManager accepts %s', (_title, issuer) => {
  expect(problemOf({ ...GOOD, issuer })).toBe('')
})

test.each([
  ['plain http elsewhere', { issuer: 'http://auth.example.com/a' }, 'issuer must be an https URL'],
  ['credentials in the URL', { issuer: 'https://a:b@auth.example.com' }, 'issuer must be an https URL'],
  ['no URL', { issuer: 'auth.example.com' }, 'issuer must be an https URL'],
  ['both', { tokenUrl: 'https://auth.example.com/token' }, 'not both'],
  ['neither', { issuer: undefined }, 'tokenUrl or issuer is missing'],
  ['two scopes', { scope: 'a b' }, 'exactly one scope'],
  ['no secret', { clientSecret: '' }, 'clientSecret is missing'],
  ['another place for the parameters', { parameters: 'header' }, 'parameters must be'],
  ['a negative time', { refreshBeforeSeconds: -1 }, 'refreshBeforeSeconds must be'],
])('createTokenManager refuses %s', (_title, wrong, problem) => {
  expect(problemOf({ ...GOOD, ...wrong })).toContain(problem)
})

test.each([
  ['a secret and other credentials', { credentials: { assertionFile: '/a' } }, 'not both'],
  [
    'a key without audience',
    { ...KEYED, issuer: undefined, tokenUrl: 'https://a.example/token' },
    'audience is missing',
  ],
  ['a key file that is not there', { ...KEYED, credentials: { privateKey: '/nowhere' } }, 'credentials cannot be used'],
  ['a shared store without a key that seals', { ...PLATFORM, store: SHARED }, 'sealingKey is missing'],
  ['a short key that seals', { ...PLATFORM, sealingKey: 'short' }, 'sealingKey must have at least 16 characters'],
])('createTokenManager refuses %s', (_title, wrong, problem) => {
  expect(problemOf({ ...GOOD, ...wrong })).toContain(problem)
})

test.each([
  ['a key', KEYED],
  [
    'a key beside tokenUrl and audience',
    { ...KEYED, issuer: undefined, tokenUrl: 'https://a.example/t', audience: 'a' },
  ],
  ['an assertion file', PLATFORM],
  ['an assertion file with a shared store', { ...PLATFORM, store: SHARED, sealingKey: 'a'.repeat(16) }],
  ['an assertion file with a store in memory, which no other process reads', { ...PLATFORM, store: memoryStore() }],
])('createTokenManager accepts %s', (_title, options) => {
  expect(problemOf({ ...GOOD, ...options })).toBe('')
})

test('all problems are reported at once, and no value is quoted', () => {
  const message = problemOf({
    clientId: '',
    clientSecret: undefined,
    scope: 'lks_secret lks_other',
    issuer: 'lks_secret',
  })
  for (const name of ['issuer', 'clientId', 'clientSecret', 'scope']) expect(message).toContain(name)
  expect(message).not.toContain('lks_')
})
