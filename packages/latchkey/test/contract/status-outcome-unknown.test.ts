// If the commit of a change of status fails, the server reports the new status only after the outcome is known. These
// tests use a simulated disk. For commits that PostgreSQL does not answer, see replicas-outcome-unknown.test.ts.
import { expect, test } from 'vitest'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import { changeIntegrationStatus } from '../../src/operations/change-integration-status.ts'
import type { IssueMode } from '../../src/domain/issue-mode.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { findIntegration } from '../../src/operations/find-integration.ts'
import type { IssueAttempt } from '../../src/ports/slots.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { runEmbeddedStore } from '../../src/storage/embedded-store.ts'
import { systemRandom } from '../../src/system.ts'
import { TestClock } from '../a-server.ts'
import { newIntegration, TEST_AUDIT_MAC, TEST_BACKUP_SEALING, TEST_ROW_SEAL } from '../a-store.ts'
import { SimulatedDisk } from '../history/simulated-disk.ts'
import { turn } from '../history/simulation.ts'
import { issueFrom } from '../issue-from.ts'

const CLIENT_ID = 'lkstatusindoubt1'
const which = { id: CLIENT_ID, version: undefined }

/** Makes a store on a disk that answers only when the test tells it to. */
async function aStore() {
  const disk = SimulatedDisk.blank()
  let comeBack: () => void = () => undefined
  disk.recover = () =>
    new Promise((resolve) => {
      comeBack = resolve
    })
  const synced = async <Value>(act: Promise<Value>): Promise<Value> => {
    await turn()
    disk.sync()
    return act
  }
  const store = await synced(
    runEmbeddedStore(disk, {
      clock: new TestClock(),
      auditMac: TEST_AUDIT_MAC,
      backupSealing: TEST_BACKUP_SEALING,
      rowSeal: TEST_ROW_SEAL,
      defaultAudience: 'api://default',
      firstContents: {
        scopes: ['machinelearning.predict', 'machinelearning.model'].map((name) => ({
          name: name as never,
          audience: null,
          description: '',
        })),
        apis: [],
        signingKeys: [],
        adminKeys: [],
      },
    }),
  )
  await synced(store.integrations.create([newIntegration(CLIENT_ID)], []))
  return {
    disk,
    store,
    synced,
    comeBack: () => {
      comeBack()
    },
  }
}

test('while the outcome of enabling an integration is unknown, the server does not report the integration as disabled', async () => {
  const { disk, store, synced, comeBack } = await aStore()
  await synced(changeIntegrationStatus(store, SYSTEM, { ...which, kind: 'disable' }))
  const enabled = expect(changeIntegrationStatus(store, SYSTEM, { ...which, kind: 'enable' })).rejects.toThrow(
    StoreUnavailable,
  )
  await turn()
  disk.fail('written')
  await enabled
  await expect(changeIntegrationStatus(store, SYSTEM, { ...which, kind: 'disable' })).rejects.toThrow(StoreUnavailable)
  await expect(findIntegration(store, CLIENT_ID)).rejects.toThrow(StoreUnavailable)
  comeBack()
  await turn()
  const disabled = await synced(changeIntegrationStatus(store, SYSTEM, { ...which, kind: 'disable' }))
  expect(disabled).toMatchObject({ ok: true, value: { state: { integration: { enabled: false } } } })
})

test('an integration in stable mode does not get a token again while the outcome of its revocation is unknown', async () => {
  const { disk, store, synced, comeBack } = await aStore()
  const mode: IssueMode = { kind: 'stable', renewBeforeSeconds: 300 }
  const stable = newIntegration('lkstableindoubt1')
  await synced(store.integrations.create([{ ...stable, integration: { ...stable.integration, mode } }], []))
  const [secret] = stable.integration.secrets
  const slots = store.slots({
    signer: { kid: 'none', sign: (claims, signed) => void setImmediate(() => signed(undefined, claims.jti)) },
    ...{ issuer: 'https://issuer.test', lifetimeSeconds: 3600, random: systemRandom },
  })
  const attempt: IssueAttempt = {
    client: { clientId: 'lkstableindoubt1', credentialId: secret?.id ?? '' },
    ...{ scope: PREDICT, requester: { address: '127.0.0.1', userAgent: '' } },
  }
  const issue = () => issueFrom(slots, attempt)
  const first = issue()
  await turn()
  await turn()
  disk.sync()
  const issued = await first
  expect(await issue()).toMatchObject({ ok: true, value: { kind: 'reused' } })
  const jti = issued.ok ? issued.value.token.jti : ''
  const revoked = expect(slots.revoke('lkstableindoubt1', PREDICT, jti)).rejects.toThrow(StoreUnavailable)
  await turn()
  disk.fail('written')
  await revoked
  await expect(issue()).rejects.toThrow(StoreUnavailable)
  comeBack()
  await turn()
  const next = issue()
  await turn()
  await turn()
  disk.sync()
  expect(await next).toMatchObject({ ok: true, value: { kind: 'issued' } })
})
