// The effect of each change of an integration on the integration and its slots.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClientSecret } from '../../../src/domain/client-secret.ts'
import { applyChange, type IntegrationChange } from '../../../src/domain/integration-change.ts'
import { grantedScopes, type IntegrationState } from '../../../src/domain/integration.ts'
import { REPLACE } from '../../../src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../../src/domain/reference-catalog.ts'
import { emptySlot, supersede } from '../../../src/domain/slot.ts'
import { aToken, NOW } from './a-slot.ts'

const aSecret = (id: string, endsAt?: number): ClientSecret => ({ id, hash: id, endsAt })

/** Returns an integration with a live token in each of its two scopes. The generations of the tokens are 5 and 6. */
const anIntegration = (): IntegrationState => ({
  integration: {
    clientId: 'lk0123456789abcd',
    enabled: true,
    version: 1,
    resourceServerFor: [],
    secrets: [aSecret('sec_1')],
    credentials: [],
    mode: REPLACE,
    graceSeconds: 0,
    conditional: true,
    allowedAddresses: [],
  },
  slots: [
    supersede(emptySlot(1, PREDICT, true), aToken(5), 0, NOW),
    supersede(emptySlot(2, MODEL, true), aToken(6), 0, NOW),
  ],
})

const CONTEXT = {
  now: NOW,
  nextGeneration: ({ generation }: { readonly generation: number }) => generation + 1,
  nextSlotId: () => 3,
}

function after(state: IntegrationState, ...changes: readonly IntegrationChange[]): IntegrationState {
  return changes.reduce((before, change) => {
    const changed = applyChange(before, change, CONTEXT)
    if (!changed.ok) throw new Error(changed.refusal.reason)
    return changed.value
  }, state)
}

const slotsAfter = (...changes: readonly IntegrationChange[]) => after(anIntegration(), ...changes).slots

const DISABLE: IntegrationChange = { kind: 'disable' }
const ENABLE: IntegrationChange = { kind: 'enable' }
const setScopes = (...scopes: readonly (typeof PREDICT)[]): IntegrationChange => ({ kind: 'set_scopes', scopes })

describe('disabling', () => {
  test('ends every token, issues no more, and raises every generation', () => {
    expect(slotsAfter(DISABLE)).toMatchObject([
      { live: undefined, open: false, granted: true, generation: 6, revokedGeneration: 5 },
      { live: undefined, open: false, granted: true, generation: 7, revokedGeneration: 6 },
    ])
  })

  test('twice changes no generation the second time', () => {
    expect(slotsAfter(DISABLE, DISABLE)).toEqual(slotsAfter(DISABLE))
  })

  test('and then enabling allows new tokens, and makes no old token live', () => {
    expect(slotsAfter(DISABLE, ENABLE)).toMatchObject([
      { live: undefined, open: true, generation: 6 },
      { live: undefined, open: true, generation: 7 },
    ])
  })
})

describe('the scopes of an integration:', () => {
  test('a removed scope empties and closes its slot, and the other scope keeps its live token', () => {
    expect(slotsAfter(setScopes(MODEL))).toMatchObject([
      { scope: PREDICT, live: undefined, granted: false, open: false, generation: 6 },
      { scope: MODEL, live: aToken(6), granted: true, open: true, generation: 6 },
    ])
  })

  test('a scope that is granted again gets its old slot, open and empty', () => {
    expect(slotsAfter(setScopes(MODEL), setScopes(MODEL, PREDICT))[0]).toMatchObject({
      id: 1,
      live: undefined,
      granted: true,
      open: true,
      generation: 6,
    })
  })

  test('a new scope gets a new slot', () => {
    const slots = after(
      { ...anIntegration(), slots: anIntegration().slots.slice(0, 1) },
      setScopes(PREDICT, MODEL),
    ).slots
    expect(slots).toMatchObject([
      { id: 1, live: aToken(5) },
      { id: 3, scope: MODEL, open: true, live: undefined },
    ])
  })

  test('setting the same scopes again changes no slot', () => {
    expect(slotsAfter(setScopes(PREDICT, MODEL))).toEqual(anIntegration().slots)
  })

  test('scopes that are granted to a disabled integration are open when it is enabled', () => {
    const disabled = after(anIntegration(), DISABLE, setScopes(MODEL), setScopes(MODEL, PREDICT))
    expect(disabled.slots.map(({ open }) => open)).toEqual([false, false])
    expect(after(disabled, ENABLE).slots.map(({ open }) => open)).toEqual([true, true])
  })

  test('scopes that are removed from a disabled integration stay closed when it is enabled', () => {
    expect(grantedScopes(after(anIntegration(), DISABLE, setScopes(MODEL), ENABLE))).toEqual([MODEL])
    expect(slotsAfter(DISABLE, setScopes(MODEL), ENABLE)[0]).toMatchObject({ open: false, live: undefined })
  })
})

describe('secrets', () => {
  const adding = (id: string, previousEndAt?: number): IntegrationChange => ({
    kind: 'add_secret',
    secret: aSecret(id),
    sealed: null,
    origin: 'generated',
    previousEndAt,
  })
  const secretsAfter = (...changes: readonly IntegrationChange[]) =>
    after(anIntegration(), ...changes).integration.secrets.map(({ id, endsAt }) => [id, endsAt])

  test('a rotation ends the older secret at the given time, and changes no slot', () => {
    expect(secretsAfter(adding('sec_2', NOW + 60))).toEqual([
      ['sec_1', NOW + 60],
      ['sec_2', undefined],
    ])
    expect(slotsAfter(adding('sec_2', NOW + 60))).toEqual(anIntegration().slots)
  })

  test('refuses a third secret while two are valid', () => {
    const state = after(anIntegration(), adding('sec_2'))
    expect(applyChange(state, adding('sec_3'), CONTEXT)).toEqual({
      ok: false,
      refusal: { reason: 'two_secrets_valid' },
    })
  })

  test('accepts a third secret when one of the two has ended', () => {
    const state = after(anIntegration(), adding('sec_2', NOW))
    expect(after(state, adding('sec_3')).integration.secrets.map(({ id }) => id)).toContain('sec_3')
  })

  test('can end earlier than planned, but not later', () => {
    const end = (at: number): IntegrationChange => ({ kind: 'end_secret', secretId: 'sec_1', at })
    expect(secretsAfter(end(NOW + 10), end(NOW + 99))).toEqual([['sec_1', NOW + 10]])
    expect(secretsAfter(end(NOW + 99), end(NOW + 10))).toEqual([['sec_1', NOW + 10]])
  })

  test('refuses to end a secret that does not exist', () => {
    const ending: IntegrationChange = { kind: 'end_secret', secretId: 'sec_9', at: NOW }
    expect(applyChange(anIntegration(), ending, CONTEXT)).toEqual({ ok: false, refusal: { reason: 'unknown_secret' } })
  })
})

test('the issue mode, grace and resource-server right change no slot', () => {
  const changed = after(
    anIntegration(),
    { kind: 'set_issue_mode', mode: { kind: 'stable', renewBeforeSeconds: 60 }, graceSeconds: 30 },
    { kind: 'set_resource_server', scopes: [PREDICT] },
  )
  expect(changed.integration).toMatchObject({
    mode: { kind: 'stable', renewBeforeSeconds: 60 },
    graceSeconds: 30,
    resourceServerFor: [PREDICT],
  })
  expect(changed.slots).toEqual(anIntegration().slots)
})

test('every change with an effect makes a new version, and no generation falls', () => {
  const aChange = fc.oneof(
    fc.constantFrom(DISABLE, ENABLE),
    fc.subarray([PREDICT, MODEL]).map((scopes) => setScopes(...scopes)),
    fc.nat(300).map((graceSeconds): IntegrationChange => ({ kind: 'set_issue_mode', mode: REPLACE, graceSeconds })),
  )
  fc.assert(
    fc.property(fc.array(aChange, { maxLength: 12 }), (changes) => {
      let state = anIntegration()
      for (const change of changes) {
        const next = after(state, change)
        const isOtherwise = JSON.stringify(withoutVersion(next)) !== JSON.stringify(withoutVersion(state))
        if (next !== state && next.integration.version !== state.integration.version + 1) return false
        if ((next !== state) !== isOtherwise) return false
        for (const slot of state.slots) {
          const same = next.slots.find(({ id }) => id === slot.id)
          if (same === undefined || same.generation < slot.generation) return false
          if (same.open !== (same.granted && next.integration.enabled)) return false
          if (same.live !== undefined && !same.open) return false
        }
        state = next
      }
      return true
    }),
  )
})

const withoutVersion = ({ integration, slots }: IntegrationState) => ({
  integration: { ...integration, version: 0 },
  slots,
})
