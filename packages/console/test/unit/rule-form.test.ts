// The rule that the form makes, and the issuers that it offers.
import type { TrustedIssuer } from 'latchkey/admin-api'
import { describe, expect, test } from 'vitest'
import {
  EMPTY_RULE,
  issuerOf,
  issuersOf,
  type RuleFault,
  type RuleForm,
  ruleOf,
} from '../../src/pages/detail/rule-form.ts'

const issuer = (name: string, platform: TrustedIssuer['platform']): TrustedIssuer => ({
  ...{ id: `iss_${name}`, name, platform, url: `https://${name}.example.org`, keys: { source: 'discovery' } },
  ...{ audience: null, algorithms: ['RS256'], tls_ca: null, stale_seconds: 3600, enabled: true, version: 1 },
  ...{ created_at: '2027-01-01T00:00:00Z', updated_at: '2027-01-01T00:00:00Z' },
  key_state: { fetched_at: null, fresh_until: null, last_error: null, kids: [] },
  used_by: { integrations: 0, trust_rules: 0 },
})

const CLUSTER = issuer('cluster', 'kubernetes')
const GITHUB = issuer('github', 'github')
const ISSUERS = [CLUSTER, GITHUB]
const filled: RuleForm = {
  ...EMPTY_RULE,
  ...{ platform: 'github', repository: ' acme/deploy ', repositoryId: '12345 ', placeName: ' main' },
}

test('the form chooses the issuer of a platform by itself only if there is exactly one', () => {
  expect(issuerOf({ platform: 'kubernetes', issuer: undefined }, ISSUERS)).toBe(CLUSTER)
  const several = [...ISSUERS, issuer('other', 'kubernetes')]
  expect(issuerOf({ platform: 'kubernetes', issuer: undefined }, several)).toBeUndefined()
  expect(issuerOf({ platform: 'kubernetes', issuer: 'other' }, several)?.name).toBe('other')
  expect(issuerOf({ platform: 'kubernetes', issuer: 'github' }, several)).toBeUndefined()
})

test('a rule by subject can name every issuer', () => {
  expect(issuersOf('oidc', ISSUERS)).toEqual(ISSUERS)
  expect(issuersOf('gitlab', ISSUERS)).toEqual([])
})

test('the rule does not contain the spaces around the typed texts', () => {
  expect(ruleOf(filled, ISSUERS)).toEqual({
    rule: {
      ...{ kind: 'trust', issuer: 'github', reuse: 'until_expiry', max_lifetime: 3900 },
      claims: [
        { claim: ['repository'], equals: 'acme/deploy' },
        { claim: ['repository_id'], equals: '12345' },
        { claim: ['ref'], equals: 'refs/heads/main' },
        { claim: ['event_name'], one_of: ['push', 'workflow_dispatch', 'schedule'] },
      ],
    },
  })
  expect(ruleOf({ ...filled, isOnce: true }, ISSUERS)).toMatchObject({ rule: { reuse: 'once' } })
  expect(ruleOf({ ...filled, note: ' asked for by payments ' }, ISSUERS)).toMatchObject({
    rule: { note: 'asked for by payments' },
  })
})

describe('no rule is made', () => {
  test.each<[what: string, change: Partial<RuleForm>, fault: RuleFault]>([
    ['without an issuer of the platform', { platform: 'gitlab' }, 'issuer'],
    ['of an owner alone', { repository: 'acme' }, 'repository'],
    ['of a repository without its number', { repositoryId: '' }, 'repositoryId'],
    ['of a repository whose number has letters', { repositoryId: '12a' }, 'repositoryId'],
    ['of a repository without a place', { placeName: ' ' }, 'place'],
    ['of an empty subject', { platform: 'oidc', issuer: 'github' }, 'subject'],
    ['without a lifetime', { lifetime: '' }, 'lifetime'],
    ['with a lifetime under a minute', { lifetime: 59 }, 'lifetime'],
    ['with a lifetime over a day', { lifetime: 86_401 }, 'lifetime'],
  ])('%s', (_what, change, fault) => {
    expect(ruleOf({ ...filled, ...change }, ISSUERS)).toEqual({ fault })
  })
})
