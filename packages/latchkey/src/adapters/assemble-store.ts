// Builds the ports of the store from the state in memory and a storage engine. All engines share the decisions and
// differ only in how they commit a batch.
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
import type { Credentials } from '../ports/credentials.ts'
import type { AssertionUses } from '../ports/assertion-uses.ts'
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
import { HandOuts, type SharedToken } from '../issuing/hand-outs.ts'
import type { IssuingPorts } from '../issuing/issue.ts'
import { assertionUses } from '../issuing/record-use.ts'
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
import { ReplayWindows } from '../state/replay-windows.ts'
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
import { storedCredentials } from './stored-credentials.ts'
import { storedTrustedIssuers } from './stored-trusted-issuers.ts'
import { loadTrustedIssuers } from '../state/trusted-issuer-snapshot.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { storedSecrets } from './stored-secrets.ts'
import { storedSessions } from './stored-sessions.ts'
import { storedManifests } from './stored-manifests.ts'
import { storedSigningKeys } from './stored-signing-keys.ts'
import { storedSlotChanges } from './stored-slot-changes.ts'
import { storedSlotViews } from './stored-slot-views.ts'
import { storedSlots } from './stored-slots.ts'

export interface Checkpoint {
  /** The number of pages that were moved from the write-ahead log into the database file. */
  readonly pages: number
  readonly milliseconds: number
}

export interface StartOptions {
  readonly clock: Clock
  /** Computes the MACs that chain the events of the audit trail. */
  readonly auditMac: AuditMac
  /** Seals backups, and checks the seal of the backup from which the store was restored. */
  readonly backupSealing: BackupSealing
  /** Computes the MACs of the rows on which access depends. */
  readonly rowSeal: RowSeal
  /** Called after each commit with its duration in milliseconds and the number of its commands. */
  readonly onCommit?: (milliseconds: number, commands: number) => void
  /** Called after each checkpoint of the write-ahead log while the server runs. Only for the embedded store. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void
  /** Called after each commit to which the database did not answer. Only for PostgreSQL. */
  readonly onOutcomeUnknown?: () => void
  /**
   * Called with the reason when the database stops accepting writes. `onBack` is called when the database accepts
   * writes again.
   */
  readonly onAway?: (cause: unknown) => void
  readonly onBack?: () => void
  /** Called twice a second with a reading of the database's clock. Only for PostgreSQL. */
  readonly onDatabaseTime?: (reading: ClockReading) => void
  /**
   * Called twice a second with the issuers of the other servers on the same store. Includes only issuers that differ
   * from the issuer of this server.
   */
  readonly onOtherIssuers?: (others: readonly string[]) => void
  /** Called when a caller has received a live token that only other callers had received before. */
  readonly onShared?: (shared: SharedToken) => void
  /** The `aud` of the tokens of every scope for which the operator set no audience. */
  readonly defaultAudience: string
  /** The records that a new store begins with. The server writes them in one commit. */
  readonly firstContents?: FirstContents
}

export interface Store extends StoreHealth {
  readonly integrations: Integrations
  readonly manifests: Manifests
  readonly secrets: Secrets
  readonly assertionUses: AssertionUses
  readonly credentials: Credentials
  readonly trustedIssuers: TrustedIssuers
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
    ports: Omit<
      IssuingPorts,
      'queue' | 'freshness' | 'catalog' | 'trustedIssuers' | 'clock' | 'keys' | 'inHistory' | 'handOuts'
    >,
  ) => Slots
  /** Tells the other replicas the issuer of this replica, so that each replica can detect a different issuer. */
  readonly announce: (issuer: string) => Promise<void>
  /** True until a server on this store has shown the operator the first steps. */
  readonly isNew: boolean
  readonly markIntroduced: () => Promise<void>
  /**
   * Records in the audit trail that a raised generation floor (only tokens above it are live) has ended all earlier
   * tokens. Does nothing if the trail already has the record.
   */
  readonly recordRaisedFloor: () => Promise<void>
  /** Erases the sealed copies of all secrets, so that operators can no longer reveal the secrets. */
  readonly eraseSealedSecrets: () => Promise<void>
}

/** The parts of the state in memory that the engine keeps up to date. */
export interface StoreParts {
  readonly live: LiveState
  readonly generations: Generations
  readonly slotIds: SlotIds
  readonly recorder: Recorder
  readonly macs: RowMacs
  readonly windows: ReplayWindows
}

export interface Engine {
  readonly queue: CommitQueue
  readonly freshness: Freshness
  /** Makes the feed positions, from which guards continue to read the feed. */
  readonly feedPositionsOf: FeedPositionsOf
  /**
   * The interval at which the engine writes when credentials were last used, unless a token request has already written
   * that. Until such a write, only this process has these times.
   */
  readonly flushUsesMilliseconds: number
  /** Called when all snapshots have been read. From this call on, the engine keeps the snapshots up to date. */
  keepCurrent(snapshots: readonly Snapshot<unknown>[]): Promise<void>
  /** Tells the other replicas the issuer of this replica. */
  announce(issuer: string): Promise<void>
  /** Calls `listener` when another process has raised the generation floor, which ends all earlier tokens. */
  onFloorRaised(listener: () => void): void
  /** Stops the background work of the engine. */
  stop(): void
}

export async function assembleStore(
  disk: Disk,
  options: StartOptions,
  engineFor: (parts: StoreParts) => Engine,
): Promise<Store> {
  const { clock, auditMac, rowSeal, defaultAudience } = options
  const floor = await loadFloor(disk)
  // The check of the seal comes first, because the server must not trust any content of a forged backup.
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
  const issuerSnapshot = await loadTrustedIssuers(disk, macs)
  const operatorSnapshot = await loadOperators(disk, macs)
  const recorder = new ActorRights(audit, { adminKeys: adminKeySnapshot, operators: operatorSnapshot, clock })
  const windows = await ReplayWindows.load(disk, floor.value.floor)
  const engine = engineFor({ live, generations: new Generations(), slotIds, recorder, macs, windows })
  const { queue, freshness } = engine
  const uses = new SecretUses(queue, engine.flushUsesMilliseconds)
  const handOuts = new HandOuts({ disk, queue, onShared: options.onShared ?? (() => undefined) })
  const { adminKeys, uses: adminKeyUses } = storedAdminKeys(disk, adminKeySnapshot, queue, clock)
  const { sessions, uses: sessionUses } = storedSessions(operatorSnapshot, queue, clock)
  await engine.keepCurrent([
    audit.snapshot,
    catalogSnapshot,
    idempotency.snapshot,
    keys.snapshot,
    adminKeySnapshot,
    issuerSnapshot,
    operatorSnapshot,
    floor,
  ])
  // If this server cannot write the record now, the next server that starts on the store writes it.
  engine.onFloorRaised(() => void recordRaisedFloor(queue, floor).catch(() => undefined))
  const write = async (writes: readonly Write[]): Promise<void> => {
    await configure(queue, (batch) => accept(batch.writes.push(...writes)))
  }
  const administration = { queue, disk, clock, slotIds, idempotency, uses, catalog: catalogSnapshot, freshness }
  let closed: Promise<void> | undefined
  return {
    integrations: storedIntegrations(administration),
    manifests: storedManifests({ ...administration, defaultAudience, issuers: issuerSnapshot }),
    secrets: storedSecrets(disk, uses),
    assertionUses: assertionUses(queue, clock, issuerSnapshot),
    credentials: storedCredentials(disk, live, uses),
    trustedIssuers: storedTrustedIssuers(issuerSnapshot, queue, freshness),
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
      return storedSlots({
        ...{ ...ports, queue, freshness, catalog, clock, keys, inHistory, handOuts },
        trustedIssuers: issuerSnapshot,
      })
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
      (closed ??= Promise.all([uses.flush(), handOuts.flush(), adminKeyUses.flush(), sessionUses.flush()])
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
