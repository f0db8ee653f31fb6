// If the commit of a sign-out, or of the use of a set-up link, fails with an unknown outcome, the server takes over the
// state on the disk. These tests use a simulated disk. For commits that PostgreSQL does not answer, see
// replicas-outcome-unknown.test.ts.
import { expect, test } from 'vitest'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import type { Operator } from '../../src/domain/operator.ts'
import type { Session } from '../../src/domain/session.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { type EmbeddedStore, runEmbeddedStore } from '../../src/storage/embedded-store.ts'
import { TestClock } from '../a-server.ts'
import { TEST_AUDIT_MAC, TEST_BACKUP_SEALING, TEST_ROW_SEAL } from '../a-store.ts'
import { SimulatedDisk } from '../history/simulated-disk.ts'
import { turn } from '../history/simulation.ts'

const NOW = 1_800_000_000
const record = {
  event: 'integration.updated',
  actor: SYSTEM,
  target: { kind: 'server', id: 'x', name: 'x' },
  before: {},
  after: {},
} as const
const CODE = 'code'.padEnd(32, '-')
const COOKIE = 'cookie'.padEnd(32, '-')

const owner: Operator = {
  ...{ id: 'opr_1', email: 'owner@example.com', role: 'owner', passwordHash: undefined, disabled: false },
  ...{ version: 1, createdAt: NOW, lastSignInAt: undefined },
}
const session: Session = {
  ...{ id: 'ses_1', hash: COOKIE, operatorId: owner.id, createdAt: NOW, lastSeenAt: NOW },
  ...{ address: '127.0.0.1', userAgent: 'test' },
}

/** Makes a store that has a set-up link for the first owner. */
async function aStore() {
  const disk = SimulatedDisk.blank()
  const starting = runEmbeddedStore(disk, {
    clock: new TestClock(NOW),
    auditMac: TEST_AUDIT_MAC,
    backupSealing: TEST_BACKUP_SEALING,
    rowSeal: TEST_ROW_SEAL,
    defaultAudience: 'api://default',
    firstContents: { scopes: [], apis: [], signingKeys: [], adminKeys: [] },
  })
  await turn()
  disk.sync()
  const store = await starting
  const link = store.operators.putFirstLink({ hash: CODE, operatorId: undefined, expiresAt: NOW + 60 }, [])
  await turn()
  disk.sync()
  expect(await link).toMatchObject({ ok: true })
  return { disk, store }
}

const useLink = (store: Pick<EmbeddedStore, 'operators'>) =>
  store.operators.createFirstOwner(CODE, owner, { hash: 'hash', session, replaced: undefined, audit: () => [record] })

test.each([
  ['written', 1],
  ['lost', 0],
] as const)(
  'after a failed commit of the use of a set-up link, which was %s, the server has the owners that are on the disk',
  async (outcome, owners) => {
    const { disk, store } = await aStore()
    const answered = expect(useLink(store)).rejects.toThrow(StoreUnavailable)
    await turn()
    disk.fail(outcome)
    await answered
    await turn()
    expect(store.operators.all()).toHaveLength(owners)
    expect(store.sessions.findByHash(COOKIE)?.session.id).toBe(owners === 1 ? 'ses_1' : undefined)
    const again = useLink(store)
    await turn()
    if (owners === 0) disk.sync()
    expect((await again).ok).toBe(owners === 0)
    expect(store.operators.all()).toHaveLength(1)
  },
)

test.each([
  ['written', undefined],
  ['lost', 'ses_1'],
] as const)(
  'after a failed commit of a sign-out, which was %s, the session has the state on the disk',
  async (outcome, left) => {
    const { disk, store } = await aStore()
    const made = useLink(store)
    await turn()
    disk.sync()
    await made
    const answered = expect(store.sessions.end(owner.id, session.id, record)).rejects.toThrow(StoreUnavailable)
    await turn()
    disk.fail(outcome)
    await answered
    await turn()
    expect(store.sessions.findByHash(COOKIE)?.session.id).toBe(left)
  },
)

test('until the commit of the use of a set-up link is durable, no operator is signed in, and the link is still valid', async () => {
  const { disk, store } = await aStore()
  const made = useLink(store)
  await turn()
  expect(store.sessions.findByHash(COOKIE)).toBeUndefined()
  expect(store.operators.findLink(CODE)).toBeDefined()
  disk.sync()
  await made
  expect(store.sessions.findByHash(COOKIE)?.operator).toMatchObject({ id: owner.id, passwordHash: 'hash' })
  expect(store.operators.findLink(CODE)).toBeUndefined()
})
