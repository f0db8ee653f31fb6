// If the commit of a change of scopes or admin keys fails with an unknown outcome, the server takes over the state on
// the disk. These tests use a simulated disk. For commits that PostgreSQL does not answer, see
// replicas-outcome-unknown.test.ts.
import { expect, test } from 'vitest'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import type { AdminKey } from '../../src/domain/admin-key.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { runEmbeddedStore } from '../../src/storage/embedded-store.ts'
import { TestClock } from '../a-server.ts'
import { TEST_AUDIT_MAC, TEST_BACKUP_SEALING, TEST_ROW_SEAL } from '../a-store.ts'
import { SimulatedDisk } from '../history/simulated-disk.ts'
import { turn } from '../history/simulation.ts'

const record = {
  event: 'integration.updated',
  actor: SYSTEM,
  target: { kind: 'server', id: 'x', name: 'x' },
  before: {},
  after: {},
} as const
const ownerKey = (id: string): AdminKey => ({
  id,
  name: id,
  role: 'owner',
  hash: id.padEnd(32, '-'),
  loopbackOnly: false,
  createdAt: 0,
  expiresAt: undefined,
  revokedAt: undefined,
})

async function aStore() {
  const disk = SimulatedDisk.blank()
  const starting = runEmbeddedStore(disk, {
    clock: new TestClock(),
    auditMac: TEST_AUDIT_MAC,
    backupSealing: TEST_BACKUP_SEALING,
    rowSeal: TEST_ROW_SEAL,
    defaultAudience: 'api://default',
    firstContents: {
      scopes: [{ name: PREDICT, audience: null, description: '' }],
      apis: [],
      signingKeys: [],
      adminKeys: [ownerKey('adk_1'), ownerKey('adk_2')],
    },
  })
  await turn()
  disk.sync()
  return { disk, store: await starting }
}

test.each([
  ['written', undefined],
  ['lost', PREDICT],
] as const)(
  'after a failed commit of the deletion of a scope, which was %s, the server has the scopes that are on the disk',
  async (outcome, left) => {
    const { disk, store } = await aStore()
    const deleted = store.catalogAdministration.deleteScope(PREDICT, 'refuse', {
      version: undefined,
      audit: () => [record],
    })
    const answered = expect(deleted).rejects.toThrow(StoreUnavailable)
    await turn()
    disk.fail(outcome)
    await answered
    await turn()
    expect(store.catalog.scope(PREDICT)?.name).toBe(left)
  },
)

test.each([
  ['written', true],
  ['lost', false],
] as const)(
  'after a failed commit of the revocation of an admin key, which was %s, the key has the state on the disk',
  async (outcome, isRevoked) => {
    const { disk, store } = await aStore()
    const revoked = store.adminKeys.revoke('adk_1', () => record)
    const answered = expect(revoked).rejects.toThrow(StoreUnavailable)
    await turn()
    disk.fail(outcome)
    await answered
    await turn()
    expect(store.adminKeys.findByHash(ownerKey('adk_1').hash)?.revokedAt !== undefined).toBe(isRevoked)
    const last = store.adminKeys.revoke('adk_2', () => record)
    await turn()
    disk.sync()
    expect((await last).ok).toBe(!isRevoked)
  },
)
