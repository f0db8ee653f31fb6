// The options that createTokenManager refuses: it reports all problems at once, without quoting values.
import { expect, test } from 'vitest'
import { createTokenManager, TokenError, type TokenManagerOptions } from '../../src/index.ts'

const GOOD = { issuer: 'https://auth.example.com/oauth2/a', clientId: 'lk', clientSecret: 'lks', scope: 'a' }

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
