// The settings that the form of a trusted issuer makes, and the condition of an issuer's keys.
import type { TrustedIssuer } from 'latchkey/admin-api'
import { describe, expect, test } from 'vitest'
import {
  EMPTY_ISSUER,
  faultOf,
  formOf,
  type IssuerForm,
  issuerPatchOf,
  newIssuerOf,
  withPlatform,
} from '../../src/pages/trusted-issuers/issuer-form.ts'
import { keyCondition } from '../../src/pages/trusted-issuers/key-condition.ts'
import { readKeySet } from '../../src/pages/trusted-issuers/key-set.ts'

const NOON = '2027-01-01T12:00:00Z'
const KEY = { kty: 'EC', crv: 'P-256', kid: 'one', x: 'eA', y: 'eQ' }
const filled: IssuerForm = { ...EMPTY_ISSUER, name: ' prod-cluster ', url: ' https://cluster.example.org ' }

const issuer: TrustedIssuer = {
  ...{ id: 'iss_1', name: 'cluster', platform: 'kubernetes', url: 'https://cluster.example.org' },
  ...{ keys: { source: 'jwks_uri', uri: 'https://cluster.example.org/keys' }, audience: 'api://cluster' },
  ...{ algorithms: ['ES256', 'RS256'], tls_ca: null, stale_seconds: 60, enabled: true, version: 1 },
  ...{ created_at: NOON, updated_at: NOON, used_by: { integrations: 0, trust_rules: 0 } },
  key_state: { fetched_at: null, fresh_until: null, last_error: null, kids: [] },
}

describe('the form of a trusted issuer', () => {
  test('makes the settings from the input, without the spaces around the texts', () => {
    expect(faultOf(filled)).toBeUndefined()
    expect(newIssuerOf(filled)).toEqual({
      ...{ name: 'prod-cluster', url: 'https://cluster.example.org', platform: 'kubernetes' },
      ...{ keys: { source: 'discovery' }, audience: null, algorithms: ['RS256', 'ES256'], tls_ca: null },
      stale_seconds: 3600,
    })
  })

  test.each([
    [{ name: 'Prod' }, 'name'],
    [{ url: 'http://cluster.example.org' }, 'url'],
    [{ platform: 'spiffe', url: 'https://example.org' }, 'url'],
    [{ platform: 'spiffe', url: 'spiffe://example.org/worker' }, 'url'],
    [{ source: 'jwks_uri', uri: 'http://example.org/keys' }, 'uri'],
    [{ source: 'inline', jwks: '{}' }, 'jwks'],
    [{ algorithms: [] }, 'algorithms'],
    [{ stale: '' }, 'stale'],
    [{ stale: 86_401 }, 'stale'],
  ] as const)('with %j reports that the field %s is invalid', (part, fault) => {
    expect(faultOf({ ...filled, ...part })).toBe(fault)
  })

  test('fills in the URL of a public platform, and takes the keys of a SPIFFE trust domain from a jwks_uri', () => {
    const github = withPlatform(EMPTY_ISSUER, 'github')
    expect(github.url).toBe('https://token.actions.githubusercontent.com')
    expect(withPlatform(github, 'kubernetes').url).toBe('')
    expect(withPlatform(filled, 'kubernetes').url).toBe(filled.url)
    expect(withPlatform(github, 'spiffe')).toMatchObject({ url: '', source: 'jwks_uri' })
  })

  test('changes only the members that the operator changed', () => {
    expect(issuerPatchOf(issuer, formOf(issuer))).toEqual({})
    expect(issuerPatchOf(issuer, { ...formOf(issuer), audience: '', stale: 0 })).toEqual({
      audience: null,
      stale_seconds: 0,
    })
    const inline: IssuerForm = { ...formOf(issuer), source: 'inline', jwks: JSON.stringify(KEY) }
    expect(issuerPatchOf(issuer, inline)).toEqual({ keys: { source: 'inline', keys: [KEY] } })
  })
})

describe('pasted public keys', () => {
  test('are accepted as a JWK set, a list of JWKs or one JWK', () => {
    for (const value of [{ keys: [KEY] }, [KEY], KEY]) {
      expect(readKeySet(JSON.stringify(value))).toEqual({ keys: [KEY] })
    }
  })

  test('are refused if a key is private, or if the text contains no key', () => {
    for (const text of [
      JSON.stringify({ keys: [KEY, { ...KEY, d: 'c2VjcmV0' }] }),
      '-----BEGIN PRIVATE KEY-----',
      '{"d": "c2',
    ]) {
      expect(readKeySet(text), text).toEqual({ fault: 'private' })
    }
    for (const text of ['{}', '[]', '{"keys":[]}', '{"keys":[1]}', 'text']) {
      expect(readKeySet(text), text).toEqual({ fault: 'malformed' })
    }
    expect(readKeySet(' ')).toEqual({ fault: 'missing' })
  })
})

test.each([
  [{}, 'waiting'],
  [{ fresh_until: '2027-01-01T12:00:01Z', kids: ['one'] }, 'fresh'],
  [{ fresh_until: NOON, kids: ['one'] }, 'old'],
  [{ fresh_until: NOON, kids: ['one'], last_error: 'connection_failed' }, 'stale'],
  [{ last_error: 'connection_failed' }, 'none'],
] as const)('keys in the state %j are: %s', (state, condition) => {
  const keyed = {
    ...issuer,
    key_state: { ...issuer.key_state, ...state, kids: [...('kids' in state ? state.kids : [])] },
  }
  expect(keyCondition(keyed, Date.parse(NOON))).toBe(condition)
  const inline = { ...keyed, keys: { source: 'inline' as const, keys: [KEY] } }
  expect(keyCondition(inline, Date.parse(NOON))).toBe('inline')
})
