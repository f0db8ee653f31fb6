// Trusted issuers and trust rules have a MAC, on every engine. So the server detects a change by an attacker who does
// not have the master key.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import type { ClientKeySource } from '../../src/domain/credential.ts'
import type { TrustRule } from '../../src/domain/trust-rule.ts'
import type { TrustedIssuer } from '../../src/domain/trusted-issuer.ts'
import { newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import { aClientKey } from '../client-assertions.ts'
import { ENGINES, type OpenedStore } from '../engines.ts'

const NOW = 1_800_000_000
const record = {
  event: 'issuer.changed',
  actor: SYSTEM,
  target: { kind: 'server', id: 'x', name: 'x' },
  before: {},
  after: {},
} as const

const anIssuer = (name: string, enabled = true): TrustedIssuer => ({
  ...{ id: `iss_${name}`, name, url: `https://${name}.test`, platform: 'kubernetes', audience: undefined },
  keys: { source: 'inline', keys: [aClientKey('ES256', name).jwk] },
  ...{ algorithms: ['ES256'], tlsCa: undefined, staleSeconds: 3600, enabled },
  ...{ version: 1, createdAt: NOW, updatedAt: NOW },
})

const aRule = (id: string): TrustRule => ({
  ...{ kind: 'trust', id, issuerId: 'iss_one', reuse: 'once', maxLifetimeSeconds: 3900 },
  matchers: [
    { claim: ['sub'], equals: 'system:serviceaccount:payments:worker' },
    { claim: ['kubernetes.io', 'pod', 'uid'], present: true },
  ],
  ...{ endsAt: undefined, note: undefined, hasEnded: false },
})

const aKeySource = (id: string): ClientKeySource => ({
  ...{ kind: 'jwks_uri', id, uri: 'https://client.test/jwks', algorithms: ['ES256'] },
  ...{ maxLifetimeSeconds: 300, endsAt: undefined, note: undefined, hasEnded: false },
})

/** Makes issuers, rules and key sources: of each kind, one that is in force and one that is not. */
async function fill({ trustedIssuers, integrations }: OpenedStore): Promise<void> {
  await trustedIssuers.create(anIssuer('one'), record)
  await trustedIssuers.create(anIssuer('two', false), record)
  await integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
  await integrations.change('lktwo', ...changing({ kind: 'add_rule', rule: aRule('tru_1') }))
  await integrations.change('lktwo', ...changing({ kind: 'add_rule', rule: aRule('tru_2') }))
  await integrations.change('lktwo', ...changing({ kind: 'end_credential', credentialId: 'tru_2', at: NOW }))
  await integrations.create([newIntegration('lkthree'), newIntegration('lkfour')], [])
  await integrations.change('lkthree', ...changing({ kind: 'add_key_source', source: aKeySource('src_1') }))
  await integrations.change('lkfour', ...changing({ kind: 'add_key_source', source: aKeySource('src_2') }))
  await integrations.change('lkfour', ...changing({ kind: 'end_credential', credentialId: 'src_2', at: NOW }))
}

const issuerCopy = (id: string, mac: string): string =>
  `INSERT INTO trusted_issuer (id, name, url, detail, version, created_at, updated_at, mac) SELECT '${id}', 'three', 'https://three.test', detail, version, created_at, updated_at, ${mac} FROM trusted_issuer WHERE id = 'iss_one'`
const inIssuer = (id: string, from: string, to: string): string =>
  `UPDATE trusted_issuer SET detail = replace(detail, '${from}', '${to}') WHERE id = '${id}'`
const inRule = (from: string, to: string): string =>
  `UPDATE credential SET detail = replace(detail, '${from}', '${to}') WHERE id = 'tru_1'`
const inKeySource = (from: string, to: string): string =>
  `UPDATE credential SET detail = replace(detail, '${from}', '${to}') WHERE id = 'src_1'`
const ruleCopy = (clientId: string): string =>
  `INSERT INTO credential (id, client_id, kind, detail, ends_at, created_at) SELECT 'tru_3', '${clientId}', kind, detail, ends_at, created_at FROM credential WHERE id = 'tru_1'`

const CHANGES: readonly (readonly [what: string, sql: string, name: string])[] = [
  ['an issuer that was added', issuerCopy('iss_three', 'NULL'), 'trusted issuer iss_three'],
  ['an issuer that was added with the MAC of another', issuerCopy('iss_three', 'mac'), 'trusted issuer iss_three'],
  ['an issuer without its MAC', `UPDATE trusted_issuer SET mac = NULL WHERE id = 'iss_one'`, 'trusted issuer iss_one'],
  [
    'an issuer with another URL',
    `UPDATE trusted_issuer SET url = 'https://attacker.test' WHERE id = 'iss_one'`,
    'trusted issuer iss_one',
  ],
  [
    'an issuer with another name',
    `UPDATE trusted_issuer SET name = 'other' WHERE id = 'iss_one'`,
    'trusted issuer iss_one',
  ],
  ['an issuer that was enabled', inIssuer('iss_two', '"enabled":false', '"enabled":true'), 'trusted issuer iss_two'],
  ['an issuer with another key', inIssuer('iss_one', '"x":"', '"x":"A'), 'trusted issuer iss_one'],
  [
    'an issuer with keys elsewhere',
    inIssuer('iss_one', '"keys":{', '"keys":{"uri":"https://attacker.test",'),
    'trusted issuer iss_one',
  ],
  [
    'an issuer with another audience',
    inIssuer('iss_one', '"audience":null', '"audience":"x"'),
    'trusted issuer iss_one',
  ],
  ['an issuer with another algorithm', inIssuer('iss_one', '["ES256"]', '["RS256"]'), 'trusted issuer iss_one'],
  ['an issuer with another authority', inIssuer('iss_one', '"tls_ca":null', '"tls_ca":"x"'), 'trusted issuer iss_one'],
  ['an issuer whose keys stay longer', inIssuer('iss_one', ':3600', ':86400'), 'trusted issuer iss_one'],
  ['an issuer of another platform', inIssuer('iss_one', '"kubernetes"', '"oidc"'), 'trusted issuer iss_one'],
  ['a rule that was added', ruleCopy('lkone'), 'integration lkone'],
  ['a rule that was added beside another', ruleCopy('lktwo'), 'integration lktwo'],
  ['a rule for another subject', inRule('payments:worker', 'payments:default'), 'integration lktwo'],
  ['a rule for another claim', inRule('"uid"', '"name"'), 'integration lktwo'],
  ['a rule of another issuer', inRule('iss_one', 'iss_two'), 'integration lktwo'],
  ['a rule with another matcher', inRule('"equals"', '"prefix"'), 'integration lktwo'],
  ['a rule whose assertions can be used again', inRule('"once"', '"until_expiry"'), 'integration lktwo'],
  ['a rule that allows longer assertions', inRule('3900', '86400'), 'integration lktwo'],
  [
    'a rule that has ended and was begun again',
    `UPDATE credential SET ends_at = NULL, detail = (SELECT detail FROM credential WHERE id = 'tru_1') WHERE id = 'tru_2'`,
    'integration lktwo',
  ],
  [
    'a rule that was handed to another integration',
    `UPDATE credential SET client_id = 'lkone' WHERE id = 'tru_1'`,
    'integration lkone',
  ],
  ['a jwks_uri with another URL', inKeySource('client.test', 'attacker.test'), 'integration lkthree'],
  ['a jwks_uri with another algorithm', inKeySource('ES256', 'RS256'), 'integration lkthree'],
  ['a jwks_uri that allows longer assertions', inKeySource(':300', ':3600'), 'integration lkthree'],
  [
    'a jwks_uri that has ended and was begun again',
    `UPDATE credential SET ends_at = NULL, detail = (SELECT detail FROM credential WHERE id = 'src_1') WHERE id = 'src_2'`,
    'integration lkfour',
  ],
  ['a jwks_uri that was deleted', `DELETE FROM credential WHERE id = 'src_1'`, 'integration lkthree'],
  ['a rule that was deleted', `DELETE FROM credential WHERE id = 'tru_1'`, 'integration lktwo'],
]

describe.each(ENGINES)('on $name', (engine) => {
  let place: string
  let opened: OpenedStore | undefined
  beforeEach(async () => {
    place = await engine.aPlace()
    const store = await engine.open(place)
    await fill(store)
    await store.close()
  })
  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  test('a store that is opened again has the same trusted issuers and trust rules', async () => {
    opened = await engine.open(place)
    expect(opened.trustedIssuers.all()).toMatchObject([
      { id: 'iss_one', enabled: true },
      { id: 'iss_two', enabled: false },
    ])
    const state = await opened.integrations.find('lktwo')
    expect(state?.integration.credentials).toEqual(
      expect.arrayContaining([aRule('tru_1'), { ...aRule('tru_2'), endsAt: NOW, hasEnded: true }]),
    )
    const subject = 'system:serviceaccount:payments:worker'
    const sourceOf = async (clientId: string) => (await opened?.integrations.find(clientId))?.integration.credentials
    expect(await sourceOf('lkthree')).toEqual([aKeySource('src_1')])
    expect(await sourceOf('lkfour')).toEqual([{ ...aKeySource('src_2'), endsAt: NOW, hasEnded: true }])
    const known: [string, ClientKeySource | undefined][] = []
    opened.credentials.followKeySources((...source) => known.push(source))
    expect(known).toEqual([['lkthree', aKeySource('src_1')]])
    expect(opened.trustedIssuers.clientsNaming('iss_one', subject)).toEqual(['lktwo'])
  })

  test.each(CHANGES)('%s is detected at the start, and the error names it', async (_what, sql, name) => {
    const before = await rows()
    await engine.execute(place, sql)
    expect(await rows()).not.toEqual(before)
    await expect(engine.open(place)).rejects.toThrow(`The ${name}`)
  })

  const rows = async () => [
    await engine.query(place, 'SELECT * FROM trusted_issuer ORDER BY id'),
    await engine.query(place, 'SELECT * FROM credential ORDER BY id'),
  ]
})
