// Changes of the signing keys on a simulated disk. A test can end the process or let a commit fail between any two
// changes.
import { setImmediate as turn } from 'node:timers/promises'
import { SYSTEM } from '../src/domain/audit-event.ts'
import type { KeySetChange } from '../src/domain/signing-key-set.ts'
import { signingKeyAudit } from '../src/operations/signing-key-audit.ts'
import type { SigningKeys } from '../src/ports/signing-keys.ts'
import { runEmbeddedStore } from '../src/storage/embedded-store.ts'
import { TestClock } from './a-server.ts'
import { TEST_AUDIT_MAC, TEST_BACKUP_SEALING, TEST_ROW_SEAL } from './a-store.ts'
import { SimulatedDisk } from './history/simulated-disk.ts'
import { aRecord } from './unit/keys/a-signing-key-record.ts'

const NOW = 1_800_000_000
export const LIFETIME = { lifetimeSeconds: 3600 }
export const FIRST: KeySetChange = { kind: 'sign_with', key: aRecord({ kid: 'first' }), ...LIFETIME }
export const PUBLISH: KeySetChange = { kind: 'publish', key: aRecord({ kid: 'second' }), leadSeconds: 600 }
export const ADVANCE: KeySetChange = { kind: 'advance', dueBy: Infinity, ...LIFETIME }
export const revocation = (kid: string): KeySetChange => ({
  kind: 'revoke',
  kid,
  substitute: aRecord({ kid: 'substitute' }),
  ...LIFETIME,
})

export const change = (keys: SigningKeys, wanted: KeySetChange) => keys.change(wanted, signingKeyAudit(SYSTEM))

export async function statuses(keys: SigningKeys): Promise<Record<string, string>> {
  return Object.fromEntries((await keys.all()).map(({ kid, status }) => [kid, status]))
}

export const boot = (disk: SimulatedDisk, clock: TestClock) =>
  runEmbeddedStore(disk, {
    clock,
    auditMac: TEST_AUDIT_MAC,
    backupSealing: TEST_BACKUP_SEALING,
    rowSeal: TEST_ROW_SEAL,
    defaultAudience: 'api://default',
  })

/** Resolves when all pending steps that need no disk are done. */
export const untilTheDisk = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns++) await turn()
}

export async function done<Value>(disk: SimulatedDisk, act: Promise<Value>): Promise<Value> {
  await untilTheDisk()
  disk.sync()
  return act
}

/** Makes a store with these changes of its keys. Its clock is `wait` seconds after the last change. */
export async function upTo({ before, wait }: { readonly before: readonly KeySetChange[]; readonly wait: number }) {
  const disk = SimulatedDisk.blank()
  const clock = new TestClock(NOW)
  const store = await boot(disk, clock)
  for (const step of before) {
    if (step === ADVANCE) clock.advance(600)
    await done(disk, change(store.signingKeys, step))
  }
  clock.advance(wait)
  return { disk, clock, store }
}
