// The issuer's keys in the guard: it finds new keys and drops retired keys, and unknown key IDs cause few requests.
import { decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { aServer, PREDICT } from '../../../latchkey/test/a-server.ts'
import { revoke } from '../../../latchkey/test/signing-keys-api.ts'
import { createKeySet } from '../../src/key-set.ts'
import { createIssuerClient } from '../../src/issuer-client.ts'
import { aGuard, verdictOf } from '../a-guard.ts'

const liveness = { mode: 'until-expiry' } as const
const kidOf = (token: string): string => decodeProtectedHeader(token).kid ?? ''

test('a token that a new key signed is accepted, because the guard fetches the key set again', async () => {
  const server = await aServer()
  const client = await server.integration()
  const first = await server.token(client)
  const guard = aGuard(server, { liveness })
  expect(await verdictOf(guard, first, PREDICT)).toBe('200')
  await revoke(server, kidOf(first))
  const second = await server.token(client)
  expect(kidOf(second)).not.toBe(kidOf(first))
  expect(await verdictOf(guard, second, PREDICT)).toBe('200')
  // The set that has the new key no longer has the old key, so the cached signature of the old key is dropped.
  expect(await verdictOf(guard, first, PREDICT)).toBe('401 bad_signature')
})

test('a thousand tokens with unknown key IDs cause one request', async () => {
  const server = await aServer()
  const issuer = createIssuerClient({ issuer: new URL(server.issuer) })
  let fetched = 0
  const counting = {
    fetchKeys: () => {
      fetched++
      return issuer.fetchKeys()
    },
  }
  const keys = createKeySet({ issuer: counting, onChange: () => undefined, onError: () => undefined })
  await keys.load()
  for (let i = 0; i < 1000; i++) expect(await keys.findAnew(`unknown ${i}`)).toBeUndefined()
  expect(fetched).toBe(2)
})

test('a token with an unknown key ID gets 503, not 401, while the key set cannot be read', async () => {
  const server = await aServer()
  const issuer = createIssuerClient({ issuer: new URL(server.issuer) })
  const keys = createKeySet({ issuer, onChange: () => undefined, onError: () => undefined })
  await keys.load()
  await server.stop()
  await expect(keys.findAnew('unknown')).rejects.toMatchObject({ code: 'ISSUER_UNREACHABLE' })
  await expect(keys.findAnew('another')).rejects.toMatchObject({ code: 'ISSUER_UNREACHABLE' })
})

test('if the feed lists a new key while the guard fetches the key set, the guard fetches the key set again', async () => {
  const server = await aServer()
  const client = await server.integration()
  const issuer = createIssuerClient({ issuer: new URL(server.issuer) })
  const held = Promise.withResolvers<Awaited<ReturnType<typeof issuer.fetchKeys>>>()
  const answers = [held.promise]
  const slow = { fetchKeys: () => answers.shift() ?? issuer.fetchKeys() }
  const keys = createKeySet({ issuer: slow, onChange: () => undefined, onError: () => undefined })
  const before = await issuer.fetchKeys()
  const loaded = keys.load()
  await revoke(server, kidOf(await server.token(client)))
  const kid = kidOf(await server.token(client))
  keys.restrictTo([kid])
  held.resolve(before.filter((jwk) => jwk['kid'] !== kid))
  await loaded
  await eventually(() => keys.find(kid), { within: 5000, what: 'the key is known' })
})

test('the guard keeps a key when it fetches the key set again, and drops the key when the feed no longer lists it', async () => {
  const server = await aServer()
  const issuer = createIssuerClient({ issuer: new URL(server.issuer) })
  const keys = createKeySet({ issuer, onChange: () => undefined, onError: () => undefined })
  await keys.load()
  const kid = kidOf(await server.token(await server.integration()))
  const key = keys.find(kid)
  await keys.load()
  expect(keys.find(kid)).toBe(key)
  keys.restrictTo([])
  expect(keys.find(kid)).toBeUndefined()
  keys.restrictTo([kid])
  await eventually(() => keys.find(kid), { within: 2000, what: 'the key is fetched' })
})

test('the guard does not accept a server that has another issuer', async () => {
  const server = await aServer()
  const issuer = createIssuerClient({ issuer: new URL(server.issuer.replace('127.0.0.1', 'localhost')) })
  await expect(issuer.fetchKeys()).rejects.toMatchObject({ code: 'ISSUER_MISMATCH' })
})
