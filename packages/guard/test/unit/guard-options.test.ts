// createGuard refuses unsafe options, and reports all their problems at once.
import { expect, test } from 'vitest'
import { createGuard } from '../../src/guard.ts'
import type { GuardOptions } from '../../src/guard-options.ts'
import { requiredScope } from '../../src/required-scope.ts'

const good: GuardOptions = {
  issuer: new URL('https://auth.example/oauth2/default'),
  audience: 'api://default',
  liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'refuse' },
  credentials: { clientId: 'lkabcdefghijklmn', clientSecret: 'lks_secret' },
}

test.each<[string, object, RegExp]>([
  ['an issuer in text', { issuer: 'https://auth.example' }, /issuer must be a URL/],
  ['an issuer that is reached in clear', { issuer: new URL('http://auth.example/oauth2/default') }, /https/],
  ['an issuer with a query', { issuer: new URL('https://auth.example/?a=1') }, /no query/],
  ['no audience', { audience: undefined }, /audience/],
  ['an empty audience', { audience: '' }, /audience/],
  ['no liveness', { liveness: undefined }, /liveness\.mode/],
  ['a mode that does not exist', { liveness: { mode: 'cache' } }, /liveness\.mode/],
  ['no bound on staleness', { liveness: { mode: 'feed', onStale: 'refuse' } }, /maxStaleSeconds/],
  ['a bound that no heartbeat can keep', { liveness: { ...good.liveness, maxStaleSeconds: 1 } }, /maxStaleSeconds/],
  ['a bound that is not a number', { liveness: { ...good.liveness, maxStaleSeconds: NaN } }, /maxStaleSeconds/],
  ['nothing to do when stale', { liveness: { mode: 'feed', maxStaleSeconds: 5 } }, /onStale/],
  ['a negative age', { liveness: { mode: 'introspect', maxAgeSeconds: -1 } }, /maxAgeSeconds/],
  ['no credentials', { credentials: undefined }, /credentials/],
  ['an empty secret', { credentials: { clientId: 'lkabcdefghijklmn', clientSecret: '' } }, /credentials/],
])('createGuard refuses %s', (_what, change, problem) => {
  expect(() => createGuard({ ...good, ...change })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.stringMatching(problem) as string }),
  )
})

test('the error names all problems together, and never the secret', () => {
  const bad = {
    ...good,
    audience: '',
    liveness: { mode: 'none' },
    credentials: { clientId: '', clientSecret: 'lks_x' },
  }
  expect(() => createGuard(bad as unknown as GuardOptions)).toThrow(/audience.*liveness\.mode.*credentials(?!.*lks_x)/)
})

test.each(['', 'two scopes', 'quo"te'])('a route must require exactly one scope: %j', (scope) => {
  expect(() => requiredScope(scope)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
})
