// The rule that decides which clients may have a token of a scope.
import { describe, expect, test } from 'vitest'
import { addressRanges } from '../../address-ranges.ts'
import { admit } from '../../../src/domain/admission.ts'
import type { IntegrationState } from '../../../src/domain/integration.ts'
import { MODEL, PREDICT } from '../../../src/domain/reference-catalog.ts'
import { close, emptySlot } from '../../../src/domain/slot.ts'
import { NOW, openSlot } from './a-slot.ts'
import { CLIENT, INTEGRATION } from './an-integration.ts'

const anIntegration = (change: Partial<IntegrationState['integration']> = {}): IntegrationState => ({
  integration: { ...INTEGRATION, ...change },
  slots: [openSlot()],
})

const FROM = '192.0.2.7'

const outcome = (state: IntegrationState | undefined, scope = PREDICT, now = NOW): string => {
  const admitted = admit(state, { client: CLIENT, scope, requester: { address: FROM } }, now)
  return admitted.ok ? `slot ${String(admitted.value.id)}` : admitted.refusal.reason
}

test('an enabled client with a valid secret may have a token of a granted scope', () => {
  expect(outcome(anIntegration())).toBe('slot 1')
})

describe('is refused:', () => {
  test('a client that was deleted', () => {
    expect(outcome(undefined)).toBe('unknown_client')
  })

  test('a client that was disabled', () => {
    expect(outcome(anIntegration({ enabled: false }))).toBe('client_disabled')
  })

  test('a client whose secret was removed', () => {
    expect(outcome(anIntegration({ secrets: [{ id: 'sec_2', hash: 'x', endsAt: undefined }] }))).toBe('wrong_secret')
  })

  test('a client whose address is no longer allowed', () => {
    expect(outcome(anIntegration({ allowedAddresses: addressRanges('192.0.2.0/30', '2001:db8::/32') }))).toBe(
      'address_not_allowed',
    )
    expect(outcome(anIntegration({ allowedAddresses: addressRanges('192.0.2.0/30', '192.0.2.4/30') }))).toBe('slot 1')
  })

  test('a scope that was never granted', () => {
    expect(outcome(anIntegration(), MODEL)).toBe('scope_not_granted')
  })

  test('a scope that was removed', () => {
    const state = { ...anIntegration(), slots: [close(openSlot(), false, 1)] }
    expect(outcome(state)).toBe('scope_not_granted')
  })
})

test('a secret authenticates until the second before its end', () => {
  const ending = anIntegration({ secrets: [{ id: 'sec_1', hash: 'x', endsAt: NOW + 10 }] })
  expect(outcome(ending, PREDICT, NOW + 9)).toBe('slot 1')
  expect(outcome(ending, PREDICT, NOW + 10)).toBe('wrong_secret')
})

test('the end of one secret leaves the other secret valid', () => {
  const secrets = [
    { id: 'sec_0', hash: 'x', endsAt: NOW },
    { id: 'sec_1', hash: 'y', endsAt: undefined },
  ]
  expect(outcome(anIntegration({ secrets }))).toBe('slot 1')
})

test('each scope has its own slot', () => {
  const state = { ...anIntegration(), slots: [openSlot(), emptySlot(2, MODEL, true)] }
  expect(outcome(state, MODEL)).toBe('slot 2')
})
