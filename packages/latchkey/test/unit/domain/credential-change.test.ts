// Adding and ending keys of an integration.
import { describe, expect, test } from 'vitest'
import { type ClientKey, isKey, kindOfCredential, MAX_ENDED_CREDENTIALS } from '../../../src/domain/credential.ts'
import { applyChange, applyChanges, type IntegrationChange } from '../../../src/domain/integration-change.ts'
import type { IntegrationState } from '../../../src/domain/integration.ts'
import { PREDICT } from '../../../src/domain/reference-catalog.ts'
import { emptySlot, supersede } from '../../../src/domain/slot.ts'
import { aToken, NOW } from './a-slot.ts'
import { INTEGRATION } from './an-integration.ts'

const JWK = { crv: 'P-256', kty: 'EC', x: 'eA', y: 'eQ' } as const

const aKey = (kid: string, alg = 'ES256'): ClientKey => ({
  ...{ kind: 'key', id: `key_${kid}`, kid, alg, jwk: JWK, maxLifetimeSeconds: 300, endsAt: undefined },
})

const add = (kid: string, alg?: string): IntegrationChange => ({ kind: 'add_key', key: aKey(kid, alg) })
const end = (kid: string, at = NOW): IntegrationChange => ({ kind: 'end_credential', credentialId: `key_${kid}`, at })

const STATE: IntegrationState = {
  integration: INTEGRATION,
  slots: [supersede(emptySlot(1, PREDICT, true), aToken(5), 0, NOW)],
}

const contextAt = (now: number) => ({
  now,
  nextGeneration: ({ generation }: { readonly generation: number }) => generation + 1,
  nextSlotId: () => 2,
})

function after(changes: readonly IntegrationChange[], now = NOW, state = STATE): IntegrationState {
  const changed = applyChanges(state, changes, contextAt(now))
  if (!changed.ok) throw new Error(changed.refusal.reason)
  return changed.value
}

const refusalOf = (...changes: readonly IntegrationChange[]) => {
  const changed = applyChanges(STATE, changes, contextAt(NOW))
  return changed.ok ? undefined : changed.refusal.reason
}

const keysOf = ({ integration }: IntegrationState) => integration.credentials.filter(isKey).map(({ kid }) => kid)

describe('adding a key', () => {
  test('raises the version, and leaves secrets and live tokens alone', () => {
    const added = after([add('a')])
    expect(added.integration).toEqual({ ...INTEGRATION, version: 2, credentials: [aKey('a')] })
    expect(added.slots).toEqual(STATE.slots)
  })

  test('is refused for a kid that a valid key has, and accepted once that key has ended', () => {
    expect(refusalOf(add('a'), add('a', 'RS256'))).toBe('kid_taken')
    expect(keysOf(after([add('a'), end('a'), add('a')]))).toEqual(['a', 'a'])
  })

  test('is refused beyond two valid keys of one algorithm and four valid keys in all; ended keys do not count', () => {
    expect(refusalOf(add('a'), add('b'), add('c'))).toBe('too_many_keys_of_algorithm')
    const four = [add('a'), add('b'), add('c', 'RS256'), add('d', 'EdDSA')]
    expect(refusalOf(...four, add('e', 'EdDSA'))).toBe('too_many_keys')
    expect(keysOf(after([...four, end('a'), add('e', 'EdDSA')]))).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('keeps the last eight ended keys and forgets keys that ended earlier', () => {
    const rounds = Array.from({ length: MAX_ENDED_CREDENTIALS + 2 }, (_, nth) => String(nth))
    const changed = rounds.reduce((state, kid, nth) => after([add(kid), end(kid, NOW + nth)], NOW + nth, state), STATE)
    expect(keysOf(after([add('new')], NOW + 20, changed))).toEqual([...rounds.slice(-MAX_ENDED_CREDENTIALS), 'new'])
  })
})

describe('ending a key', () => {
  test('removes its public key and leaves other credentials and live tokens alone', () => {
    const ended = after([add('a'), add('b'), end('a')])
    expect(ended.integration.credentials).toEqual([{ ...aKey('a'), jwk: undefined, endsAt: NOW }, aKey('b')])
    expect(ended.integration.secrets).toEqual(INTEGRATION.secrets)
    expect(ended.slots).toEqual(STATE.slots)
  })

  test('a second time changes nothing, not even the version or the time of its end', () => {
    const ended = after([add('a'), end('a')])
    const again = applyChange(ended, end('a', NOW + 60), contextAt(NOW + 60))
    expect(again.ok && again.value).toBe(ended)
  })

  test('that the integration does not have is refused', () => {
    expect(refusalOf(end('none'))).toBe('unknown_credential')
  })
})

test('the id of a credential tells its kind', () => {
  expect(['sec_0123', 'key_0123'].map(kindOfCredential)).toEqual(['secret', 'key'])
})
