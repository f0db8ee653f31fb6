// Makes slots: as the admin API sends them, and with the end of the live token by the clock of the console.
import type { LiveToken, Slot } from 'latchkey/admin-api'
import { counted, type CountedSlot } from '../../src/api/counted-slot.ts'

/** The current time of the tests: 2026-01-31, noon. */
export const NOON = Date.parse('2026-01-31T12:00:00Z')

export const at = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

/** A token with a lifetime of one hour that was issued `ageSeconds` before noon. */
export const aToken = (generation: number, ageSeconds = 0): LiveToken => ({
  generation,
  jti: `token-${generation}`,
  issued_at: at(NOON - ageSeconds * 1000),
  expires_at: at(NOON + (3600 - ageSeconds) * 1000),
  expires_in: 3600 - ageSeconds,
})

export const aSlot = (desired: Partial<Slot> = {}): Slot => ({
  client_id: 'lk0123456789abcd',
  integration_id: 'int_1',
  integration_name: 'Billing sync',
  scope: 'machinelearning.predict',
  audience: 'api://default',
  generation: 7,
  live: aToken(7),
  in_grace: null,
  ...desired,
})

/** Makes a slot whose remaining times are counted from noon. */
export const aCountedSlot = (desired: Partial<Slot> = {}): CountedSlot => counted(aSlot(desired), NOON)
