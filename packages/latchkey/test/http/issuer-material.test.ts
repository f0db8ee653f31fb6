// When an operator sends keys and certificates for a trusted issuer, the server checks them before it stores them.
import { expect, test } from 'vitest'
import { aCertificate } from '../a-certificate.ts'
import { anAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { auditOf } from '../an-integration.ts'
import { aClientKey, type Json } from '../client-assertions.ts'

const KEY = aClientKey('ES256', 'one').jwk
const inline = (...keys: readonly Json[]): Json => ({ source: 'inline', keys })
const ISSUER = { name: 'cluster', url: 'https://cluster.test', platform: 'kubernetes' }
const MESH = { name: 'mesh', url: 'spiffe://example.org', platform: 'spiffe' }

const create = ({ ask }: TestAdminListener, payload: Json) => ask({ method: 'POST', url: '/admin/v1/issuers', payload })

test.each<[what: string, issuer: Json, pointer: string]>([
  ['a key that is none', { ...ISSUER, keys: inline({ kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ' }) }, '/keys/keys'],
  ['a key for another algorithm', { ...ISSUER, algorithms: ['RS256'], keys: inline(KEY) }, '/keys/keys'],
  ['a key for encryption', { ...ISSUER, keys: inline({ ...KEY, use: 'enc' }) }, '/keys/keys'],
  ['a bundle without keys of JWT-SVIDs', { ...MESH, keys: inline({ ...KEY, use: 'x509-svid' }) }, '/keys/keys'],
  ['authorities that are no PEM', { ...ISSUER, tls_ca: 'authority' }, '/tls_ca'],
  [
    'authorities that are no certificate',
    { ...ISSUER, tls_ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    '/tls_ca',
  ],
])('an issuer with %s is refused with the name of the member, and is not stored', async (_what, issuer, pointer) => {
  const admin = await anAdminListener()
  const answer = await create(admin, issuer)
  expect([answer.statusCode, answer.json()]).toMatchObject([400, { errors: [{ pointer }] }])
  const applied = await admin.ask({ method: 'POST', url: '/admin/v1/apply', payload: { issuers: [issuer] } })
  expect([applied.statusCode, applied.json()]).toMatchObject([400, { errors: [{ pointer: `/issuers/0${pointer}` }] }])
  expect(await auditOf(admin)).toEqual([])
})

test('a private key among the certificate authorities of an issuer is refused, and no part of the key is answered or logged', async () => {
  const admin = await anAdminListener()
  const { cert, key } = aCertificate()
  const answer = await create(admin, { ...ISSUER, tls_ca: `${cert}${key}` })
  expect([answer.statusCode, answer.json()]).toMatchObject([400, { errors: [{ pointer: '/tls_ca' }] }])
  const secret = key.split('\n')[1]
  expect(answer.body).not.toContain(secret)
  expect(admin.log()).not.toContain(secret)
})

test('an issuer with one usable key among unusable keys, and with several certificates, is accepted', async () => {
  const admin = await anAdminListener()
  const issuer = {
    ...ISSUER,
    keys: inline({ ...KEY, use: 'enc' }, KEY),
    tls_ca: aCertificate().cert + aCertificate().cert,
  }
  expect((await create(admin, issuer)).statusCode).toBe(201)
  expect((await create(admin, { ...MESH, keys: inline({ ...KEY, use: 'jwt-svid' }) })).statusCode).toBe(201)
})

test('a change that leaves an issuer without a usable key is refused, but the issuer can still be disabled', async () => {
  const admin = await anAdminListener()
  expect((await create(admin, { ...ISSUER, keys: inline(KEY) })).statusCode).toBe(201)
  const change = (payload: Json) =>
    admin.ask({ method: 'PATCH', url: '/admin/v1/issuers/cluster', payload, headers: { 'if-match': '*' } })
  const refused = await change({ algorithms: ['RS256'] })
  expect([refused.statusCode, refused.json()]).toMatchObject([400, { errors: [{ pointer: '/keys/keys' }] }])
  expect((await change({ enabled: false })).statusCode).toBe(200)
})
