// The store's ports over memory and a disk: the same judgement on every engine, which differ in how a batch is
// committed.
import { accept } from '@latchkey/protocol'
import { type AuditRecord, SERVER_TARGET, SYSTEM } from '../domain/audit-event.ts'
import type { ActivityMinutes } from '../ports/activity-minutes.ts'
import type { AdminKeys } from '../ports/admin-keys.ts'
import type { AuditMac, AuditTrail } from '../ports/audit-trail.ts'
import type { BackupSealing } from '../ports/backups.ts'
import type { Catalog, CatalogAdministration } from '../ports/catalog.ts'
import type { Clock, ClockReading } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { Operators } from '../ports/operators.ts'
import type { RowSeal } from '../ports/row-seal.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { Sessions } from '../ports/sessions.ts'
import type { Manifests } from '../ports/manifests.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'
import type { SlotChanges } from '../ports/slot-changes.ts'
import type { SlotViews } from '../ports/slot-views.ts'
import type { Slots } from '../ports/slots.ts'
import type { StoreHealth } from '../ports/store.ts'
import { ActorRights } from '../commit/actor-rights.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { Generations } from '../state/generations.ts'
import type { IssuingPorts } from '../issuing/issue.ts'
import { SlotIds } from '../state/slot-ids.ts'
import type { Recorder } from '../commit/staged-batch.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { loadAdminKeys } from '../state/admin-key-snapshot.ts'
import { AuditLog } from '../state/audit-log.ts'
import type { Snapshot } from '../state/snapshot.ts'
import { IdempotencyRecords } from '../state/idempotency-records.ts'
import type { Freshness } from '../state/freshness.ts'
import type { FeedPositionsOf } from '../state/feed-positions.ts'
import { SigningKeySnapshot } from '../state/signing-key-snapshot.ts'
import { LiveState } from '../state/live-state.ts'
import { loadIntegrations } from '../state/load.ts'
import { loadOperators } from '../state/operator-snapshot.ts'
import { RowMacs } from '../rows/row-macs.ts'
import type { FirstContents } from './first-contents.ts'
import { loadCatalog } from './load-catalog.ts'
import { loadFloor, recordRaisedFloor, refuseForged } from './raised-floor.ts'
import { sealRows } from './seal-rows.ts'
import { SecretUses } from './secret-uses.ts'
import { storedActivityMinutes } from './stored-activity-minutes.ts'
import { storedAdminKeys } from './stored-admin-keys.ts'
import { storedAuditTrail } from './stored-audit-trail.ts'
import { storedCatalog, storedCatalogAdministration } from './stored-catalog.ts'
import { storedIntegrations } from './stored-integrations.ts'
import { storedOperators } from './stored-operators.ts'
import { storedSecrets } from './stored-secrets.ts'
import { storedSessions } from './stored-sessions.ts'
import { storedManifests } from './stored-manifests.ts'
import { storedSigningKeys } from './stored-signing-keys.ts'
import { storedSlotChanges } from './stored-slot-changes.ts'
import { storedSlotViews } from './stored-slot-views.ts'
import { storedSlots } from './stored-slots.ts'

export interface Checkpoint {
  /** How many pages of the log were moved into the database file. */
  readonly pages: number
  readonly milliseconds: number
}

export interface StartOptions {
  readonly clock: Clock
  /** Chains the audit trail. */
  readonly auditMac: AuditMac
  /** Seals backups, and judges the seal of the one that the store was restored from. */
  readonly backupSealing: BackupSealing
  /** Computes the MACs of the rows that decide who may do what. */
  readonly rowSeal: RowSeal
  /** Told how many milliseconds each commit took, and of how many commands it was. */
  readonly onCommit?: (milliseconds: number, commands: number) => void
  /** Told of each checkpoint of the write-ahead log while the server runs, where the store has one. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void
  /** Told of each commit whose answer never came, where the store is behind a connection. */
  readonly onOutcomeUnknown?: () => void
  /**
   * A database calls this with the reason when the store stops taking writes, and `onBack` when it takes writes again.
   */
  readonly onAway?: (cause: unknown) => void
  readonly onBack?: () => void
  /** Told twice a second what the clock of a database says. */
  readonly onDatabaseTime?: (reading: ClockReading) => void
  /** Told as often which issuers other servers on the same store have, where they are not this one's. */
  readonly onOtherIssuers?: (others: readonly string[]) => void
  /** The `aud` of every scope that has none of its own. */
  readonly defaultAudience: string
  /** Written in one commit when the store is new. */
  readonly firstContents?: FirstContents
}

export interface Store extends StoreHealth {
  readonly integrations: Integrations
  readonly manifests: Manifests
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
  readonly activityMinutes: ActivityMinutes
  readonly slots: (
    ports: Omit<IssuingPorts, 'queue' | 'freshness' | 'catalog' | 'clock' | 'keys' | 'inHistory'>,
  ) => Slots
  /**
   * Tells the other replicas of the store the issuer of this one, so that each replica knows the issuer of the
   * others.
   */
  readonly announce: (issuer: string) => Promise<void>
  /** No start on this store has come as far as to introduce the server to its operator. */
  readonly isNew: boolean
  readonly markIntroduced: () => Promise<void>
  /** Puts on record that all tokens from before are over, if the audit trail does not tell of it yet. */
  readonly recordRaisedFloor: () => Promise<void>
  /** Erases every secret's sealed copy: from then on secrets are shown once only. */
  readonly eraseSealedSecrets: () => Promise<void>
}

/** What is in memory, for the engine that keeps it current. */
export interface StoreParts {
  readonly live: LiveState
  readonly generations: Generations
  readonly slotIds: SlotIds
  readonly recorder: Recorder
  readonly macs: RowMacs
}

export interface Engine {
  readonly queue: CommitQueue
  readonly freshness: Freshness
  /** What followers of the slots may be told of how current they are, and where they go on. */
  readonly feedPositionsOf: FeedPositionsOf
  /** Uses of secrets that no token tells of are written at most so often. Until then only this process knows them. */
  readonly flushUsesMilliseconds: number
  /** All that is kept in memory as a whole has been read: from now on it is kept current. */
  keepCurrent(snapshots: readonly Snapshot<unknown>[]): Promise<void>
  /** Tells the other replicas of the store the issuer of this one. */
  announce(issuer: string): Promise<void>
  /** Calls back when another process raised the floor. */
  onFloorRaised(listener: () => void): void
  /** Begins nothing new. */
  stop(): void
}

export async function assembleStore(
  disk: Disk,
  options: StartOptions,
  engineFor: (parts: StoreParts) => Engine,
): Promise<Store> {
  const { clock, auditMac, rowSeal, defaultAudience } = options
  const floor = await loadFloor(disk)
  // Before anything else of the store is read.
  refuseForged(floor.value, options.backupSealing)
  const macs = new RowMacs(rowSeal.mac)
  const format = await sealRows(disk, rowSeal, macs)
  const audit = await AuditLog.load(disk, {
    mac: auditMac,
    clock,
    trail: format === 'plain_rows' ? 'may_be_missing' : 'must_exist',
  })
  const catalogSnapshot = await loadCatalog(disk, { audit, macs, defaultAudience })
  const catalog = storedCatalog(catalogSnapshot)
  const live = new LiveState()
  const slotIds = new SlotIds(await loadIntegrations(disk, live, macs))
  const idempotency = await IdempotencyRecords.load(disk)
  const keys = await SigningKeySnapshot.load(disk, macs)
  const adminKeySnapshot = await loadAdminKeys(disk, macs)
  const operatorSnapshot = await loadOperators(disk, macs)
  const recorder = new ActorRights(audit, { adminKeys: adminKeySnapshot, operators: operatorSnapshot, clock })
  const engine = engineFor({ live, generations: new Generations(), slotIds, recorder, macs })
  const { queue, freshness } = engine
  const uses = new SecretUses(queue, engine.flushUsesMilliseconds)
  const { adminKeys, uses: adminKeyUses } = storedAdminKeys(disk, adminKeySnapshot, queue, clock)
  const { sessions, uses: sessionUses } = storedSessions(operatorSnapshot, queue, clock)
  await engine.keepCurrent([
    audit.snapshot,
    catalogSnapshot,
    idempotency.snapshot,
    keys.snapshot,
    adminKeySnapshot,
    operatorSnapshot,
    floor,
  ])
  // A server that cannot record it now leaves that to the next start.
  engine.onFloorRaised(() => void recordRaisedFloor(queue, floor).catch(() => undefined))
  const write = async (writes: readonly Write[]): Promise<void> => {
    await configure(queue, (batch) => accept(batch.writes.push(...writes)))
  }
  const administration = { queue, disk, clock, slotIds, idempotency, uses, catalog: catalogSnapshot, freshness }
  let closed: Promise<void> | undefined
  return {
    integrations: storedIntegrations(administration),
    manifests: storedManifests({ ...administration, defaultAudience }),
    secrets: storedSecrets(disk, uses),
    slotViews: storedSlotViews(disk, live),
    slotChanges: storedSlotChanges(live, engine.feedPositionsOf),
    auditTrail: storedAuditTrail({ queue, disk, log: audit, mac: auditMac }),
    catalog,
    catalogAdministration: storedCatalogAdministration({
      ...{ queue, clock, defaultAudience },
      snapshot: catalogSnapshot,
    }),
    adminKeys,
    operators: storedOperators(operatorSnapshot, queue, clock),
    sessions,
    signingKeys: storedSigningKeys(queue, keys, clock),
    activityMinutes: storedActivityMinutes(disk, queue),
    slots: (ports) => {
      const inHistory: IssuingPorts['inHistory'] = (secretIds, at) => {
        uses.inHistory(secretIds, at)
      }
      return storedSlots({ ...ports, queue, freshness, catalog, clock, keys, inHistory })
    },
    announce: (issuer) => engine.announce(issuer),
    isNew: (await disk.read('introduced'))[0]?.['introduced'] === 0,
    markIntroduced: () => write([['mark_introduced']]),
    recordRaisedFloor: () => recordRaisedFloor(queue, floor),
    eraseSealedSecrets: async () => {
      const [kept] = await disk.read('sealed_secrets')
      if (kept?.['n'] === 0) return
      await configure(queue, (batch) => {
        batch.record(sealedCopiesErased(Number(kept?.['n'])))
        return accept(batch.writes.push(['erase_sealed_secrets']))
      })
    },
    proveWrite: () => write([['probe']]),
    current: () => freshness.configuration(),
    close: () =>
      (closed ??= Promise.all([uses.flush(), adminKeyUses.flush(), sessionUses.flush()])
        .then(() => queue.close())
        .then((end) => {
          engine.stop()
          return end === 'settled' ? disk.close() : disk.abandon()
        })),
  }
}

const sealedCopiesErased = (copies: number): AuditRecord => ({
  event: 'secrets.sealed_copies_erased',
  actor: SYSTEM,
  target: SERVER_TARGET,
  before: {},
  after: { copies },
})
