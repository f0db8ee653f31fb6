// Opens the store on PostgreSQL. Several replicas may serve the same store, each with its own copy of the state in
// memory.
import { randomUUID } from 'node:crypto'
import {
  assembleStore,
  type Engine,
  type StartOptions,
  type Store,
  type StoreParts,
} from '../adapters/assemble-store.ts'
import { firstWrites } from '../adapters/first-writes.ts'
import { CommitQueue } from '../commit/commit-queue.ts'
import { reloadTouched } from '../state/load.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { ChangeLog } from './postgres/change-log.ts'
import { DEADLINES } from './postgres/deadlines.ts'
import { FreshReads } from './postgres/fresh-reads.ts'
import { ChangeLogConsumer } from './postgres/change-log-consumer.ts'
import { Lease } from './postgres/lease.ts'
import { migrate } from './postgres/migrate.ts'
import { CatchUp } from './postgres/catch-up.ts'
import { OWN } from './postgres/own-session.ts'
import { type Failover, PostgresDisk } from './postgres/postgres-disk.ts'
import { ReplicatedState } from './postgres/replicated-state.ts'
import { ReplicatedPositions } from './postgres/replicated-positions.ts'
import { ReplicatedCommits } from './postgres/replicated-commits.ts'

/** A database with an up-to-date schema. Its content is not in memory yet. */
export interface ReachedStore {
  /** The canary, with which the start checks the master key. Undefined until the first start has finished. */
  readonly canary: Uint8Array | undefined
  /** Opens the store. Throws `StoreMadeMeanwhile` if another replica filled the new store first. */
  start(options: StartOptions): Promise<Store>
  abandon(): Promise<void>
}

/**
 * Thrown if another replica has filled the new store first. The caller must connect again, because the store now has a
 * canary.
 */
export class StoreMadeMeanwhile extends Error {}

/** Brings the schema up to date and reads the canary. Throws an error that says why the store cannot be used. */
export async function reachPostgresStore(
  url: string,
  failover: Failover,
  deadlines = DEADLINES,
): Promise<ReachedStore> {
  await migrate(url)
  const disk = new PostgresDisk({ url, failover, replica: randomUUID(), deadlines })
  const lease = new Lease(disk)
  try {
    await lease.begin()
    // Reads the version of the configuration before everything else. If another replica fills the store after this
    // read, the version changes, and this replica notices the change.
    const { configuration } = await disk.freshRead([], 0)
    const [row] = await disk.read('store')
    return {
      canary: (row?.['canary'] as Uint8Array | null | undefined) ?? undefined,
      start: (options) => start(disk, lease, configuration, options),
      abandon: async () => {
        lease.close()
        await disk.abandon()
      },
    }
  } catch (cause) {
    await disk.abandon()
    throw cause
  }
}

async function start(disk: PostgresDisk, lease: Lease, seen: number, options: StartOptions): Promise<Store> {
  const { firstContents } = options
  if (firstContents !== undefined) await fill(disk, seen, firstWrites(firstContents, options))
  await disk.ask('forget_replicas', FORGET_REPLICAS, [])
  for (;;) {
    try {
      return await assemble(disk, lease, options)
    } catch (cause) {
      // Another replica changed the store during the load, so this replica loads it again.
      if (!(cause instanceof ChangedMeanwhile)) throw cause
    }
  }
}

async function assemble(disk: PostgresDisk, lease: Lease, options: StartOptions): Promise<Store> {
  const { onCommit = () => undefined, onOutcomeUnknown = () => undefined, onAway, onBack } = options
  if (onAway !== undefined) lease.onAway = onAway
  if (onBack !== undefined) lease.onBack = onBack
  lease.watch(options)
  // The first heartbeat reports the time of the database. The start must know this time before it uses the clock of
  // `StoreEvents`.
  await lease.renew()
  // Reads the position in the change log and the version of the configuration before the initial load, so that a later
  // read finds the changes that happened during the load.
  const log = await ChangeLog.open(disk)
  const known = await disk.freshRead([], 0)
  const engineFor = (parts: StoreParts): Engine => {
    const { live, generations } = parts
    const state = new ReplicatedState({ disk, log, lease }, parts, known)
    const strategy = new ReplicatedCommits({
      disk,
      state,
      lease,
      timed: onCommit,
      outcomeUnknown: onOutcomeUnknown,
      reload: async (touched) => {
        await state.catchUp()
        await reloadTouched(disk, parts, touched)
      },
    })
    const queue = new CommitQueue({ ...parts, disk, strategy })
    disk.awaitReturn = () => lease.recovered()
    const consumer = new ChangeLogConsumer({ disk, state, queue, log, clock: options.clock })
    return {
      queue,
      // This interval is short because other replicas see the use of a credential only after this replica has written
      // the use.
      flushUsesMilliseconds: 10_000,
      freshness: new FreshReads({ disk, lease, state, queue, live }),
      feedPositionsOf: (changes) => new ReplicatedPositions(consumer, new CatchUp(disk, lease, changes), changes),
      keepCurrent: async (snapshots) => {
        state.keep(...snapshots)
        // If a deleted client ID is created again, its generations must begin above those of the deleted slots, even if
        // the clock of this server is behind.
        const [removed] = await disk.ask('highest_removed', HIGHEST_REMOVED, [])
        generations.removedElsewhere(Number(removed?.['generation']))
        await state.catchUp()
        // Uses the loaded state only if the same database server answered all reads, and a later heartbeat shows that
        // this server is the primary.
        if (!(await lease.proves(log.openedOn))) throw new ChangedMeanwhile('the store moved to another server')
        lease.keep()
        consumer.start()
      },
      // Errors are ignored, because the next heartbeat reports the issuer again.
      announce: (issuer) => lease.announce(issuer).catch(() => undefined),
      onFloorRaised: (listener) => {
        state.onFloorRaised = listener
      },
      stop: () => {
        consumer.stop()
        lease.close()
      },
    }
  }
  return assembleStore(committingAtStart(disk, known.configuration), options, engineFor)
}

async function fill(disk: PostgresDisk, assumed: number, writes: readonly Write[]): Promise<void> {
  const { verdict } = await disk.commitConfiguration(assumed, EVERYTHING, writes)
  if (verdict === 'overtaken') throw new StoreMadeMeanwhile('another replica has just filled the new store')
  if (verdict !== 'done') throw new Error('the store has moved to another server: start again')
}

const FORGET_REPLICAS = `DELETE FROM replica WHERE beat < now() - interval '1 day' AND ${OWN}`

const HIGHEST_REMOVED = 'SELECT coalesce(max(generation), 0) AS generation FROM removed_integration'

const EVERYTHING = {
  isConfiguration: true,
  slots: [],
  windows: [],
  clientIds: [],
  removed: [],
  parts: ['admin_keys', 'audit_head', 'catalog', 'claims', 'floor', 'people', 'signing_keys'],
} as const

/** Thrown if another replica changed the store during the start. */
class ChangedMeanwhile extends Error {}

/**
 * Returns a disk for the commits during the start, when the commit queue does not exist yet. These commits change the
 * configuration, so the other replicas must be notified. `seen` is the version before the first read of the
 * configuration.
 */
function committingAtStart(disk: PostgresDisk, seen: number): Disk {
  let assumed = seen
  return {
    commit: async (writes) => {
      const outcome = await disk.commitConfiguration(assumed, EVERYTHING, writes)
      if (outcome.verdict === 'overtaken') throw new ChangedMeanwhile('another replica changed the store')
      if (outcome.verdict !== 'done') throw new Error('the store has moved to another server: start again')
      assumed = outcome.configuration ?? assumed
    },
    read: (...read) => disk.read(...read),
    recover: () => disk.recover(),
    close: () => disk.close(),
    abandon: () => disk.abandon(),
  }
}
