// Trusted issuers: the settings that an operator may choose, and the changes of the list.
import { describe, expect, test } from 'vitest'
import { addIssuer, changeIssuer, removeIssuer } from '../../../src/domain/trusted-issuer-change.ts'
import type { TrustRule } from '../../../src/domain/trust-rule.ts'
import {
  type IssuerFault,
  issuerFault,
  type IssuerSettings,
  isTrusted,
  MAX_TRUSTED_ISSUERS,
  type TrustedIssuer,
} from '../../../src/domain/trusted-issuer.ts'
import { INTEGRATION } from './an-integration.ts'

const NOW = 1_800_000_000
const OWN = 'https://auth.test/oauth2/default'
const JWK = { kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ', kid: 'one' }

const settings = (more: Partial<IssuerSettings> = {}): IssuerSettings => ({
  ...{ name: 'cluster', url: 'https://issuer.test', platform: 'kubernetes', keys: { source: 'discovery' } },
  ...{ audience: undefined, algorithms: ['RS256'], tlsCa: undefined, staleSeconds: 3600, enabled: true },
  ...more,
})
const inline = (...keys: readonly Readonly<Record<string, unknown>>[]) => ({ source: 'inline', keys }) as const
const fetchedFrom = (uri: string) => ({ source: 'jwks_uri', uri }) as const

describe('the settings of an issuer', () => {
  test.each<[what: string, more: Partial<IssuerSettings>]>([
    ['discovery', {}],
    ['a name of 40 characters', { name: 'n'.repeat(40) }],
    ['a port and a path', { url: 'https://issuer.test:8443/realms/one' }],
    ['a slash at the end', { url: 'https://issuer.test/' }],
    ['a trust domain', { url: 'spiffe://example.org', platform: 'spiffe', keys: fetchedFrom('https://a.test/keys') }],
    ['a URL of keys with a query', { keys: fetchedFrom('https://issuer.test/keys?tenant=1') }],
    ['20 keys', { keys: inline(...Array.from({ length: 20 }, () => JWK)) }],
    ['each algorithm', { algorithms: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] }],
    ['a URL beside the own issuer', { url: `${OWN}/` }],
  ])('%s is accepted', (_what, more) => {
    expect(issuerFault(settings(more), OWN)).toBeUndefined()
  })

  const url = (text: string) => ({ url: text })
  const domain = (text: string) =>
    ({ url: text, platform: 'spiffe', keys: inline(JWK) }) satisfies Partial<IssuerSettings>
  test.each<[what: string, fault: IssuerFault, more: Partial<IssuerSettings>]>([
    ['an empty name', 'name_unusable', { name: '' }],
    ['a name of 41 characters', 'name_unusable', { name: 'n'.repeat(41) }],
    ['a name in capitals', 'name_unusable', { name: 'Cluster' }],
    ['a name with a slash', 'name_unusable', { name: 'a/b' }],
    ['a name with a line feed', 'name_unusable', { name: 'cluster\n' }],
    ['http', 'url_unusable', url('http://issuer.test')],
    ['HTTPS in capitals', 'url_unusable', url('HTTPS://issuer.test')],
    ['no host', 'url_unusable', url('https://')],
    ['a user and a password', 'url_unusable', url('https://user:word@issuer.test')],
    ['a user', 'url_unusable', url('https://user@issuer.test')],
    ['a query', 'url_unusable', url('https://issuer.test?a=b')],
    ['a fragment', 'url_unusable', url('https://issuer.test#a')],
    ['an empty query', 'url_unusable', url('https://issuer.test/?')],
    ['an empty fragment', 'url_unusable', url('https://issuer.test/#')],
    ['a space', 'url_unusable', url('https://issuer.test/a b')],
    ['a line feed at the end', 'url_unusable', url('https://issuer.test\n')],
    ['a letter beyond ASCII', 'url_unusable', url('https://iss\u00fcer.test')],
    ['a port beyond 65535', 'url_unusable', url('https://issuer.test:70000')],
    ['a file', 'url_unusable', url('file:///etc/passwd')],
    ['a trust domain of another platform', 'url_unusable', url('spiffe://example.org')],
    ['https for SPIFFE', 'url_unusable', domain('https://example.org')],
    ['a trust domain with a path', 'url_unusable', domain('spiffe://example.org/worker')],
    ['a trust domain with a port', 'url_unusable', domain('spiffe://example.org:1')],
    ['a trust domain in capitals', 'url_unusable', domain('spiffe://Example.org')],
    ['an empty trust domain', 'url_unusable', domain('spiffe://')],
    ['the issuer of this server', 'url_is_own_issuer', url(OWN)],
    ['discovery for SPIFFE', 'discovery_unusable', { ...domain('spiffe://a.test'), keys: { source: 'discovery' } }],
    ['keys over http', 'jwks_uri_unusable', { keys: fetchedFrom('http://issuer.test/keys') }],
    ['keys in a file', 'jwks_uri_unusable', { keys: fetchedFrom('file:///etc/keys') }],
    ['a URL of keys with a password', 'jwks_uri_unusable', { keys: fetchedFrom('https://a:b@issuer.test/keys') }],
    ['a URL of keys with a fragment', 'jwks_uri_unusable', { keys: fetchedFrom('https://issuer.test/keys#one') }],
    ['no keys', 'inline_keys_unusable', { keys: inline() }],
    ['21 keys', 'inline_keys_unusable', { keys: inline(...Array.from({ length: 21 }, () => JWK)) }],
    ['a private key', 'private_key', { keys: inline(JWK, { ...JWK, d: 'secret' }) }],
    ['a prime of a private key', 'private_key', { keys: inline({ kty: 'RSA', n: 'n', e: 'AQAB', p: 'secret' }) }],
    ['a shared secret', 'private_key', { keys: inline({ kty: 'oct', k: 'secret' }) }],
    ['no algorithms', 'algorithms_unusable', { algorithms: [] }],
    ['HS256', 'algorithms_unusable', { algorithms: ['RS256', 'HS256'] }],
    ['none', 'algorithms_unusable', { algorithms: ['none'] }],
    ['ES512', 'algorithms_unusable', { algorithms: ['ES512'] }],
  ])('%s is refused with %s', (_what, fault, more) => {
    expect(issuerFault(settings(more), OWN)).toBe(fault)
  })
})

describe('the list of issuers', () => {
  const anIssuer = (name: string, more: Partial<TrustedIssuer> = {}): TrustedIssuer => ({
    ...settings({ name, url: `https://${name}.test` }),
    ...{ id: `iss_${name}`, version: 1, createdAt: NOW, updatedAt: NOW, ...more },
  })
  const [ONE, TWO] = [anIssuer('one'), anIssuer('two', { enabled: false })]
  const LIST = [ONE, TWO]
  const change = (id: string, more: Partial<IssuerSettings>, version?: number) =>
    changeIssuer(LIST, { id, version, settings: more, now: NOW + 5 })

  test('each name and each URL belongs to one issuer, and there are at most 50 issuers', () => {
    expect(addIssuer(LIST, anIssuer('three'))).toMatchObject({ ok: true, value: [ONE, TWO, { name: 'three' }] })
    expect(addIssuer(LIST, anIssuer('three', { name: 'one' }))).toMatchObject({
      refusal: { reason: 'issuer_name_taken' },
    })
    expect(addIssuer(LIST, anIssuer('three', { url: TWO.url }))).toMatchObject({
      refusal: { reason: 'issuer_url_taken' },
    })
    const full = Array.from({ length: MAX_TRUSTED_ISSUERS }, (_, n) => anIssuer(`issuer-${String(n)}`))
    expect(addIssuer(full, anIssuer('three'))).toMatchObject({ refusal: { reason: 'limit_reached', most: 50 } })
  })

  test('a change raises the version, and a change to the same settings has no effect', () => {
    expect(change('iss_one', { enabled: false }, 1)).toMatchObject({
      value: { before: ONE, after: { id: 'iss_one', enabled: false, version: 2, createdAt: NOW, updatedAt: NOW + 5 } },
    })
    const same = change('iss_one', { enabled: true })
    expect(same.ok && same.value.after === ONE && same.value.issuers === LIST).toBe(true)
    expect(change('iss_one', { enabled: false }, 7)).toMatchObject({ ok: false })
    expect(change('iss_none', {})).toMatchObject({ refusal: { reason: 'unknown_trusted_issuer' } })
    expect(change('iss_one', { name: 'two' })).toMatchObject({ refusal: { reason: 'issuer_name_taken' } })
  })

  test('an issuer is removed only if no rule that has not ended names it', () => {
    const state = (hasEnded: boolean) => {
      const rule: TrustRule = {
        ...{ kind: 'trust', id: 'tru_1', issuerId: 'iss_one', matchers: [], reuse: 'once' },
        ...{ maxLifetimeSeconds: 60, endsAt: undefined, note: undefined, hasEnded },
      }
      return { integration: { ...INTEGRATION, credentials: [rule] }, slots: [] }
    }
    const order = { id: 'iss_one', version: undefined }
    expect(removeIssuer(LIST, order, [state(false)])).toMatchObject({
      refusal: { reason: 'issuer_in_use', clientIds: [INTEGRATION.clientId] },
    })
    expect(removeIssuer(LIST, order, [state(true)])).toEqual({ ok: true, value: [TWO] })
    expect(removeIssuer(LIST, { ...order, id: 'iss_two' }, [state(false)])).toEqual({ ok: true, value: [ONE] })
  })

  test('a client may authenticate without an issuer, or by an issuer that exists and is enabled', () => {
    expect([undefined, 'iss_one', 'iss_two', 'iss_none'].map((id) => isTrusted(LIST, id))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})
