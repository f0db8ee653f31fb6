// The embedded store: SQLite on its own thread, the truth in memory, one commit queue between them.
import { accept } from '@latchkey/protocol'
import { type AuditRecord, SYSTEM } from '../../domain/audit-event.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AdminKeys } from '../../ports/admin-keys.ts'
import type { AuditMac, AuditTrail } from '../../ports/audit-trail.ts'
import type { Catalog, CatalogAdministration } from '../../ports/catalog.ts'
import type { Integrations } from '../../ports/integrations.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Operators } from '../../ports/operators.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { SetUp } from '../../ports/set-up.ts'
import type { SigningKeys } from '../../ports/signing-keys.ts'
import type { SlotChanges } from '../../ports/slot-changes.ts'
import type { SlotViews } from '../../ports/slot-views.ts'
import type { Slots } from '../../ports/slots.ts'
import type { StoreHealth } from '../../ports/store.ts'
import type { Disk, Write } from '../disk.ts'
import { adminKeyInsert, apiInsert, scopeInsert, signingKeyInsert } from '../sqlite/catalog-rows.ts'
import { WorkerDisk } from '../sqlite/worker-disk.ts'
import { timedDisk } from '../timed-disk.ts'
import { ActorRights } from './actor-rights.ts'
import { AuditLog, genesis, headWrite } from './audit-log.ts'
import { loadClaims } from './claims.ts'
import { CommitQueue } from './commit-queue.ts'
import { configure } from './configuration.ts'
import { embeddedAdminKeys, loadAdminKeys } from './embedded-admin-keys.ts'
import { embeddedAuditTrail } from './embedded-audit-trail.ts'
import { embeddedCatalog, embeddedCatalogAdministration } from './embedded-catalog.ts'
import { embeddedIntegrations } from './embedded-integrations.ts'
import { embeddedOperators } from './embedded-operators.ts'
import { embeddedSecrets } from './embedded-secrets.ts'
import { embeddedSessions } from './embedded-sessions.ts'
import { embeddedSigningKeys } from './embedded-signing-keys.ts'
import { embeddedSetUp } from './embedded-set-up.ts'
import { embeddedSlotChanges } from './embedded-slot-changes.ts'
import { embeddedSlotViews } from './embedded-slot-views.ts'
import { embeddedSlots } from './embedded-slots.ts'
import type { FirstContents } from './first-contents.ts'
import { Generations } from './generations.ts'
import type { IssuanceDeskPorts } from './issuance-desk.ts'
import { KeyCell } from './key-cell.ts'
import { LiveState } from './live-state.ts'
import { loadCatalog, loadIntegrations, reloadIntegrations } from './load.ts'
import { loadPeople } from './people-cell.ts'
import { SecretUses } from './secret-uses.ts'
import { SlotIds } from './slot-ids.ts'

/** The store's file, locked for this process, its contents not yet trusted. */
export interface LockedStore {
  /** Proves the master key; undefined before the first start has finished. */
  readonly canary: Uint8Array | undefined
  /** Checks and checkpoints the file, then loads it. Throws `OpenStoreError`. */
  start(options: StartOptions): Promise<EmbeddedStore>
  /** Lets go of the file without having changed what it holds. */
  abandon(): Promise<void>
}

export interface StartOptions {
  readonly clock: Clock
  /** Chains the audit trail. */
  readonly auditMac: AuditMac
  /** Told how many milliseconds each commit took. */
  readonly onCommit?: (milliseconds: number) => void
  /** The `aud` of every scope that has none of its own. */
  readonly defaultAudience: string
  /** Written in one commit when the store is new. */
  readonly firstContents?: FirstContents
}

export interface EmbeddedStore extends StoreHealth {
  readonly integrations: Integrations
  readonly setUp: SetUp
  readonly secrets: Secrets
  readonly slotViews: SlotViews
  readonly slotChanges: SlotChanges
  readonly auditTrail: AuditTrail
  readonly catalog: Catalog
  readonly catalogAdministration: CatalogAdministration
  readonly adminKeys: AdminKeys
  readonly operators: Operators
  readonly sessions: Sessions
  readonly signingKeys: SigningKeys
  readonly slots: (ports: Omit<IssuanceDeskPorts, 'queue' | 'catalog' | 'clock' | 'keys'>) => Slots
  /** No start on this store has come as far as to introduce the server to its operator. */
  readonly isNew: boolean
  readonly markIntroduced: () => Promise<void>
  /** Erases every secret's sealed copy: from then on secrets are shown once only. */
  readonly eraseSealedSecrets: () => Promise<void>
  /** Resolves with the reason when the disk can no longer be trusted: stop answering and end the process. */
  readonly failed: Promise<Error>
}

/** Opens and locks the store in the file at `path`. Throws `OpenStoreError`. */
export async function lockEmbeddedStore(path: string): Promise<LockedStore> {
  const { disk, store } = await WorkerDisk.open(path)
  return {
    canary: (store?.['canary'] as Uint8Array | null | undefined) ?? undefined,
    start: async (options) => {
      try {
        await disk.start()
        const { clock, onCommit } = options
        const timed = onCommit === undefined ? disk : timedDisk(disk, clock, onCommit)
        return { ...(await runEmbeddedStore(timed, options)), failed: disk.failed }
      } catch (cause) {
        // Its thread would keep the process alive.
        await disk.abandon()
        throw cause
      }
    },
    abandon: () => disk.abandon(),
  }
}

/** The store over a disk that is open and checkpointed. */
export async function runEmbeddedStore(disk: Disk, options: StartOptions): Promise<Omit<EmbeddedStore, 'failed'>> {
  const { clock, auditMac, firstContents } = options
  if (firstContents !== undefined) await disk.commit(firstWrites(firstContents, options))
  const audit = await AuditLog.load(disk, auditMac, clock)
  const catalogCell = await loadCatalog(disk, audit, options.defaultAudience)
  const catalog = embeddedCatalog(catalogCell)
  const live = new LiveState()
  const slotIds = new SlotIds(await loadIntegrations(disk, live))
  const claims = await loadClaims(disk)
  const keys = await KeyCell.load(disk)
  const adminKeyCell = await loadAdminKeys(disk)
  const people = await loadPeople(disk)
  const recorder = new ActorRights(audit, { adminKeys: adminKeyCell, people, clock })
  const queue = new CommitQueue(live, new Generations(), recorder, disk, async ({ clientIds, cells }) => {
    await reloadIntegrations(disk, live, clientIds)
    for (const cell of cells) await cell.reload()
  })
  const uses = new SecretUses(queue)
  const { adminKeys, uses: adminKeyUses } = await embeddedAdminKeys(disk, adminKeyCell, queue, clock)
  const { sessions, uses: sessionUses } = embeddedSessions(people, queue, clock)
  const write = async (writes: readonly Write[]): Promise<void> => {
    await configure(queue, (batch) => accept(batch.writes.push(...writes)))
  }
  const administration = { queue, disk, clock, slotIds, claims, uses, catalog: catalogCell }
  let closed: Promise<void> | undefined
  return {
    integrations: embeddedIntegrations(administration),
    setUp: embeddedSetUp({ ...administration, defaultAudience: options.defaultAudience }),
    secrets: embeddedSecrets(disk, uses),
    slotViews: embeddedSlotViews(disk, live),
    slotChanges: embeddedSlotChanges(live, clock),
    auditTrail: embeddedAuditTrail({ queue, disk, log: audit, mac: auditMac }),
    catalog,
    catalogAdministration: embeddedCatalogAdministration({
      ...{ queue, clock, cell: catalogCell },
      defaultAudience: options.defaultAudience,
    }),
    adminKeys,
    operators: embeddedOperators(people, queue, clock),
    sessions,
    signingKeys: embeddedSigningKeys(queue, keys, clock),
    slots: (ports) => embeddedSlots({ ...ports, queue, catalog, clock, keys }),
    isNew: (await disk.read('introduced'))[0]?.['introduced'] === 0,
    markIntroduced: () => write([['mark_introduced']]),
    eraseSealedSecrets: async () => {
      const [kept] = await disk.read('sealed_secrets')
      if (kept?.['n'] === 0) return
      await configure(queue, (batch) => {
        batch.record(sealedCopiesErased(Number(kept?.['n'])))
        return accept(batch.writes.push(['erase_sealed_secrets']))
      })
    },
    proveWrite: () => write([['probe']]),
    close: () =>
      (closed ??= Promise.all([uses.flush(), adminKeyUses.flush(), sessionUses.flush()])
        .then(() => queue.close())
        .then((end) => (end === 'settled' ? disk.close() : disk.abandon()))),
  }
}

const sealedCopiesErased = (copies: number): AuditRecord => ({
  event: 'secrets.sealed_copies_erased',
  actor: SYSTEM,
  target: { kind: 'server', id: 'server', name: 'Latchkey' },
  before: {},
  after: { copies },
})

const firstWrites = (contents: FirstContents, { defaultAudience, auditMac }: StartOptions): readonly Write[] => [
  headWrite(auditMac, genesis(auditMac)),
  ['set_canary', contents.canary],
  ...contents.scopes.map((scope) => scopeInsert(scope, defaultAudience)),
  ...contents.apis.map(apiInsert),
  ...contents.signingKeys.map(signingKeyInsert),
  ...contents.adminKeys.map(adminKeyInsert),
]
