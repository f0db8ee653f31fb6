// Trust rules: which claims a matcher accepts, which rules an operator may make, and how the subject of an assertion is
// named.
import { describe, expect, test } from 'vitest'
import { provenSubject } from '../../../src/domain/proven-subject.ts'
import type { Platform } from '../../../src/domain/trusted-issuer.ts'
import {
  claimAt,
  type ClaimMatcher,
  type Claims,
  exactSubject,
  failedMatcher,
  isMatched,
  matchersFault,
  type TrustRule,
} from '../../../src/domain/trust-rule.ts'

/** The claims as JSON.parse returns them, so `__proto__` is a member like any other. */
const parsed = (json: string): Claims => JSON.parse(json) as Claims

const NFC = 'caf\u00e9'
const NFD = 'cafe\u0301'

describe('a claim', () => {
  test.each<[what: string, json: string, path: readonly string[], found: string | undefined]>([
    ['a text', '{"a":"x"}', ['a'], 'x'],
    ['an empty text', '{"a":""}', ['a'], ''],
    ['an integer', '{"a":7}', ['a'], '7'],
    ['a negative integer', '{"a":-7}', ['a'], '-7'],
    ['true', '{"a":true}', ['a'], 'true'],
    ['false', '{"a":false}', ['a'], 'false'],
    ['a claim within two objects', '{"a":{"b":{"c":"x"}}}', ['a', 'b', 'c'], 'x'],
    ['a name with a dot and a slash', '{"a.b/c":"x"}', ['a.b/c'], 'x'],
    ['an own member __proto__', '{"__proto__":{"a":"x"}}', ['__proto__', 'a'], 'x'],
    ['a fraction', '{"a":7.5}', ['a'], undefined],
    ['an integer that is not exact', '{"a":9007199254740993}', ['a'], undefined],
    ['null', '{"a":null}', ['a'], undefined],
    ['an array', '{"a":["x"]}', ['a'], undefined],
    ['an object', '{"a":{"b":"x"}}', ['a'], undefined],
    ['an absent claim', '{"a":"x"}', ['b'], undefined],
    ['an absent claim within an object', '{"a":{"b":"x"}}', ['a', 'c'], undefined],
    ['a path through a text', '{"a":"x"}', ['a', 'length'], undefined],
    ['a path through an array', '{"a":["x"]}', ['a', '0'], undefined],
    ['a path through null', '{"a":null}', ['a', 'b'], undefined],
    ['names with dots in place of a path', '{"a.b":"x"}', ['a', 'b'], undefined],
    ['a path in place of a name with a dot', '{"a":{"b":"x"}}', ['a.b'], undefined],
    ['an inherited name', '{}', ['constructor', 'name'], undefined],
    ['the prototype', '{}', ['__proto__', 'constructor', 'name'], undefined],
    ['another case', '{"A":"x"}', ['a'], undefined],
  ])('%s is read as the text that a matcher compares, or not at all', (_what, json, path, found) => {
    expect(claimAt(parsed(json), path)).toBe(found)
  })

  test('that an object only inherits is absent', () => {
    expect(claimAt(Object.create({ a: 'x' }) as Claims, ['a'])).toBeUndefined()
    expect(claimAt({ a: Object.create({ b: 'x' }) as unknown }, ['a', 'b'])).toBeUndefined()
  })
})

describe('a matcher', () => {
  const claim = ['a']
  test.each<[matcher: ClaimMatcher, matched: readonly unknown[], others: readonly unknown[]]>([
    [{ claim, equals: 'main' }, ['main'], ['Main', 'main ', ' main', 'main2', 'mai', '', 'ma\u0456n', ['main'], null]],
    [{ claim, equals: NFC }, [NFC], [NFD, 'cafe']],
    [{ claim, equals: '7' }, [7, '7'], [7.5, '07', '7.0', 70, true, [7]]],
    [{ claim, equals: 'true' }, [true, 'true'], [false, 1, 'True']],
    [{ claim, equals: 'null' }, ['null'], [null, undefined]],
    [{ claim, equals: '*' }, ['*'], ['anything']],
    [{ claim, oneOf: ['push', 'schedule'] }, ['push', 'schedule'], ['pus', 'push,schedule', 'PUSH', ['push'], null]],
    [
      { claim, prefix: 'spiffe://a.test/b/' },
      ['spiffe://a.test/b/c', 'spiffe://a.test/b//'],
      ['spiffe://a.test/b/', 'spiffe://a.test/bc', 'spiffe://A.test/b/c', ' spiffe://a.test/b/c', null],
    ],
    [{ claim, present: true }, ['x', ' ', '0'], ['', 0, 7, true, false, null, undefined, [], ['x'], {}]],
  ])('%j accepts the claims that it names and no other claims', (matcher, matched, others) => {
    for (const a of matched) expect(isMatched(matcher, { a }), JSON.stringify(a)).toBe(true)
    for (const a of others) expect(isMatched(matcher, { a }), JSON.stringify(a)).toBe(false)
    expect(isMatched(matcher, {})).toBe(false)
  })

  const aRule = (...matchers: readonly ClaimMatcher[]): TrustRule => ({
    ...{ kind: 'trust', id: 'tru_1', issuerId: 'iss_1', matchers, reuse: 'until_expiry' },
    ...{ maxLifetimeSeconds: 3900, endsAt: undefined, note: undefined, hasEnded: false },
  })

  test('a rule holds only if all of its matchers hold, and the first matcher that does not hold is named', () => {
    const [sub, ref] = [
      { claim: ['sub'], equals: 'x' },
      { claim: ['ref'], equals: 'main' },
    ]
    const rule = aRule(sub, ref)
    expect(failedMatcher(rule, { sub: 'x', ref: 'main' })).toBeUndefined()
    expect(failedMatcher(rule, { sub: 'x', ref: 'other' })).toBe(ref)
    expect(failedMatcher(rule, { sub: 'y', ref: 'other' })).toBe(sub)
    expect(failedMatcher(rule, {})).toBe(sub)
  })

  test('a rule counts as exact about the subject only if it compares the whole claim sub with one text', () => {
    expect(exactSubject(aRule({ claim: ['ref'], equals: 'x' }, { claim: ['sub'], equals: 'y' }))).toBe('y')
    expect(exactSubject(aRule({ claim: ['sub'], oneOf: ['y'] }))).toBeUndefined()
    expect(exactSubject(aRule({ claim: ['sub'], prefix: 'repo:acme/' }))).toBeUndefined()
    expect(exactSubject(aRule({ claim: ['act', 'sub'], equals: 'y' }))).toBeUndefined()
    expect(exactSubject(aRule({ claim: ['sub'], present: true }))).toBeUndefined()
  })
})

describe('the matchers of a rule', () => {
  const sub: ClaimMatcher = { claim: ['sub'], equals: 'x' }
  const many = (count: number) => Array.from({ length: count }, () => sub)
  const of = (text: string): ClaimMatcher => ({ claim: ['sub'], equals: text })
  const at = (...claim: readonly string[]): ClaimMatcher => ({ claim, equals: 'x' })
  const prefix = (text: string): ClaimMatcher => ({ claim: ['sub'], prefix: text })
  const oneOf = (...texts: readonly string[]): ClaimMatcher => ({ claim: ['sub'], oneOf: texts })
  const texts = (count: number) => Array.from({ length: count }, (_, n) => String(n))

  test.each<[what: string, matchers: readonly ClaimMatcher[], platform: Platform]>([
    ['one text', [sub], 'oidc'],
    ['12 matchers', many(12), 'oidc'],
    ['a text of 1,024 characters', [of('x'.repeat(1024))], 'oidc'],
    ['32 texts', [oneOf(...texts(32))], 'oidc'],
    ['a prefix that ends in a slash', [prefix('acme-co/')], 'oidc'],
    ['a prefix that ends in a colon', [prefix('repo:ac:')], 'oidc'],
    ['a path of 4 names', [sub, at('a', 'b', 'c', 'd')], 'oidc'],
    ['a name of 128 characters', [sub, at('n'.repeat(128))], 'oidc'],
    ['a namespace', [at('kubernetes.io', 'namespace')], 'kubernetes'],
    ['a repository', [at('repository')], 'github'],
    ['the number of a project', [at('project_id')], 'gitlab'],
    ['a SPIFFE ID', [prefix('spiffe://a.test/')], 'spiffe'],
    ['an application', [at('azp')], 'oidc'],
  ])('%s is a rule', (_what, matchers, platform) => {
    expect(matchersFault(matchers, platform)).toBeUndefined()
  })

  test.each<[what: string, fault: string, matchers: readonly ClaimMatcher[], platform?: Platform]>([
    ['no matcher', 'too_many_matchers', []],
    ['13 matchers', 'too_many_matchers', many(13)],
    ['an empty path', 'claim_unusable', [sub, at()]],
    ['a path of 5 names', 'claim_unusable', [sub, at('a', 'b', 'c', 'd', 'e')]],
    ['an empty name', 'claim_unusable', [sub, at('a', '')]],
    ['a name of 129 characters', 'claim_unusable', [sub, at('n'.repeat(129))]],
    ['an empty path to a claim that must be present', 'claim_unusable', [sub, { claim: [], present: true }]],
    ['an empty text', 'matcher_unusable', [of('')]],
    ['a text of 1,025 characters', 'matcher_unusable', [of('x'.repeat(1025))]],
    ['no texts', 'matcher_unusable', [oneOf()]],
    ['33 texts', 'matcher_unusable', [oneOf(...texts(33))]],
    ['an empty text among others', 'matcher_unusable', [oneOf('x', '')]],
    ['a prefix of 7 characters', 'prefix_unusable', [prefix('acme-c/')]],
    ['a prefix that ends in a letter', 'prefix_unusable', [prefix('repo:acme/deploy')]],
    ['a prefix that ends in a line feed', 'prefix_unusable', [prefix('repo:acme/\n')]],
    ['an empty prefix', 'prefix_unusable', [prefix('')]],
    ['a prefix of 1,025 characters', 'prefix_unusable', [prefix(`${'x'.repeat(1024)}/`)]],
    ['a subject that must only be present', 'identity_missing', [{ claim: ['sub'], present: true }]],
    ['a subject of an inner object', 'identity_missing', [at('act', 'sub')]],
    ['a branch alone', 'identity_missing', [at('ref')], 'github'],
    ['an owner alone', 'identity_missing', [at('repository_owner')], 'github'],
    ['a pod alone', 'identity_missing', [at('kubernetes.io', 'pod', 'uid')], 'kubernetes'],
    ['a name with a dot in place of a path', 'identity_missing', [at('kubernetes.io.namespace')], 'kubernetes'],
    ['a repository of another platform', 'identity_missing', [at('repository')], 'gitlab'],
    ['another claim than the SPIFFE ID', 'identity_missing', [at('azp')], 'spiffe'],
  ])('%s is refused with %s', (_what, fault, matchers, platform = 'oidc') => {
    expect(matchersFault(matchers, platform)).toBe(fault)
  })
})

describe('the subject of an assertion', () => {
  const pod = { namespace: 'payments', serviceaccount: { name: 'worker' }, pod: { name: 'worker-1' } }
  const run = { repository: 'acme/deploy', ref: 'refs/heads/main', run_id: 99, run_attempt: '2', actor: 'somebody' }
  test.each<[platform: Platform, subject: string, claims: Claims, text: string]>([
    ['kubernetes', 'system:x', { 'kubernetes.io': pod }, 'payments/worker pod worker-1'],
    ['kubernetes', 'system:x', { 'kubernetes.io': { ...pod, pod: undefined } }, 'payments/worker'],
    ['kubernetes', 'system:x', {}, 'system:x'],
    ['github', 'repo:x', run, 'acme/deploy refs/heads/main run 99.2'],
    ['github', 'repo:x', { ...run, repository: ['acme/deploy'] }, 'repo:x'],
    ['gitlab', 'x', { project_path: 'acme/deploy', ref: 'main', job_id: '5' }, 'acme/deploy main job 5'],
    ['spiffe', 'spiffe://a.test/worker', { repository: 'acme/deploy' }, 'spiffe://a.test/worker'],
    ['oidc', 'robot', { email: 'x@example.com' }, 'robot'],
    ['oidc', 'a\nb\u001b[31mc\u202ed\u00e9', {}, 'a?b?[31mc?d?'],
    ['oidc', 'x'.repeat(500), {}, 'x'.repeat(120)],
    ['github', 'x', { repository: 'r'.repeat(119), ref: 'main' }, `${'r'.repeat(119)} `],
    ['github', 'x', { repository: 'acme/x\r\nforged: line' }, 'acme/x??forged: line'],
  ])('of %s names the workload in printable ASCII: %j', (platform, subject, claims, text) => {
    expect(provenSubject(platform, subject, claims)).toBe(text)
  })
})
