// The credentials of an integration in one list: their order, the last credential, and their names.
import type { Credential, IntegrationSecret } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { anyCredentials, isLast, proofOf, shortId, usedCredentialName } from '../../src/pages/detail/any-credential.ts'
import { provenName } from '../../src/pages/detail/requester-name.ts'
import { at, NOON } from './a-slot.ts'

const DAY = 86_400_000
const common = { last_used: null, safe_to_retire: { verdict: 'unknown', why: '' } } as const
const times = (madeMs: number, endMs: number | null) => ({
  status: endMs === null ? ('active' as const) : endMs <= 0 ? ('ended' as const) : ('ending' as const),
  created_at: at(NOON + madeMs),
  ends_at: endMs === null ? null : at(NOON + endMs),
})
const secret = (id: string, madeMs: number, endMs: number | null = null): IntegrationSecret => ({
  ...{ id, origin: 'generated', revealable: true },
  ...common,
  ...times(madeMs, endMs),
})
const key = (id: string, madeMs: number, endMs: number | null = null): Credential => ({
  ...{ id, kind: 'key', kid: `kid-of-${id}`, alg: 'ES256', jwk: null, thumbprint: null, max_lifetime: 300 },
  ...common,
  ...times(madeMs, endMs),
})

test('the credentials that work come first, from the oldest to the newest, and the credential that ended last follows', () => {
  const secrets = [secret('ended-long-ago', -9 * DAY, -8 * DAY), secret('oldest', -7 * DAY, DAY)]
  const keys = [key('ended', -6 * DAY, -DAY), key('newest', -2 * DAY)]
  const ids = anyCredentials([...secrets, secret('middle', -3 * DAY)], keys).map(({ id }) => id)
  expect(ids).toEqual(['oldest', 'middle', 'newest', 'ended', 'ended-long-ago'])
})

test('a secret counts as the last credential only while no key works', () => {
  const only = secret('only', -DAY)
  expect(isLast(anyCredentials([only], [key('works', 0)]), 'only')).toBe(false)
  expect(isLast(anyCredentials([only], [key('over', -DAY, -1000)]), 'only')).toBe(true)
  expect(isLast(anyCredentials([only, secret('other', 0)], []), 'only')).toBe(false)
})

test.each([
  [[], 'none'],
  [['client_secret_basic', 'client_secret_post'], 'secret'],
  [['private_key_jwt'], 'key'],
  [['client_secret_basic', 'client_secret_post', 'private_key_jwt'], 'both'],
] as const)('the authentication methods %j mean these kinds of credentials: %s', (methods, proof) => {
  expect(proofOf({ authentication_methods: methods })).toBe(proof)
})

test('a caller is named with the key ID of its key, or the end of the ID of its secret', () => {
  const known = anyCredentials([secret('sec_0123456789abcdef', 0)], [key('key_1', 0)])
  const requester = { address: '10.0.0.1', user_agent: 'node' }
  expect(provenName({ ...requester, credential_id: 'key_1', method: 'private_key_jwt' }, known)).toBe(
    '10.0.0.1 (node) with key kid-of-key_1',
  )
  expect(provenName({ ...requester, credential_id: 'sec_0123456789abcdef', method: 'client_secret' }, known)).toBe(
    '10.0.0.1 (node) with secret …abcdef',
  )
})

test('a credential that the server has forgotten is named by its authentication method and the end of its ID', () => {
  expect(usedCredentialName({ credential_id: 'key_0123456789', method: 'private_key_jwt' }, [])).toBe('key …456789')
  expect(usedCredentialName({ credential_id: 'sec_0123456789', method: 'client_secret' }, [])).toBe('secret …456789')
})

test('a long key ID is shortened in a sentence, and an ID keeps its prefix', () => {
  const long = { ...key('key_1', 0), kid: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' }
  expect(usedCredentialName({ credential_id: 'key_1', method: 'private_key_jwt' }, [long])).toBe('key NzbLsXh8…RGC9Xs')
  expect(shortId('key_01a237a7363875ee89759eabfdbd1e27')).toBe('key_…bd1e27')
})
