// Brings the memory of a replica up to date with the changes of other replicas. Finds changes of the configuration by
// version numbers, and changes of slots in the change log.
import type { IntegrationState } from '../../domain/integration.ts'
import type { Generation, RecordedToken, Slot } from '../../domain/slot.ts'
import type { Snapshot } from '../../state/snapshot.ts'
import type { Generations } from '../../state/generations.ts'
import type { LiveState } from '../../state/live-state.ts'
import type { ReplayWindows } from '../../state/replay-windows.ts'
import { checkedIntegration, loadIntegrations } from '../../state/load.ts'
import type { SlotIds } from '../../state/slot-ids.ts'
import type { Row } from '../../rows/disk.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { RowMacs } from '../../rows/row-macs.ts'
import { readSlot, readState, text } from '../../rows/rows.ts'
import { type ChangeLog, type Changes, SERVER } from './change-log.ts'
import type { Lease } from './lease.ts'
import type { KnownVersion } from './answers.ts'
import { databaseUnavailable, type PostgresDisk } from './postgres-disk.ts'

export interface Sources {
  readonly disk: PostgresDisk
  readonly log: ChangeLog
  readonly lease: Lease
}

/** The parts of the memory that this class keeps up to date. */
export interface ReplicatedParts {
  readonly live: LiveState
  readonly generations: Generations
  readonly slotIds: SlotIds
  readonly macs: RowMacs
  readonly windows: ReplayWindows
}

export class ReplicatedState {
  readonly #disk: PostgresDisk
  readonly #kept: ReplicatedParts
  readonly #log: ChangeLog
  readonly #lease: Lease
  readonly #parts: Snapshot<unknown>[] = []
  /** The rows of slots whose integration is not in memory yet. */
  #early: Row[] = []
  #known: KnownVersion
  /**
   * Called when the generation floor was raised, which ended all tokens with lower generations. The store sets this
   * function.
   */
  onFloorRaised: () => void = () => undefined
  /** True if this replica may have missed changes of slots. The next catch-up then reads all slots. */
  #isIncomplete = false
  /** True if snapshots in memory were read from a database server that may not be the primary. */
  #areUnproven = false

  constructor({ disk, log, lease }: Sources, kept: ReplicatedParts, known: KnownVersion) {
    this.#disk = disk
    this.#lease = lease
    this.#kept = kept
    this.#log = log
    this.#known = known
  }

  get configuration(): number {
    return this.#known.configuration
  }

  /** The version on which commits and fresh reads are based. 0 if a part of the memory may come from an old primary. */
  get assumed(): KnownVersion {
    return this.#areUnproven ? { ...this.#known, configuration: 0 } : this.#known
  }

  /** True while the outcome of a commit of this replica is unknown. */
  get hasUnknownOutcome(): boolean {
    return this.#kept.live.hasUnknownOutcome
  }

  get floor(): number {
    return this.#known.floor
  }

  /**
   * Returns true if the memory is older than this version and this floor. A fail-over that may have lost changes raises
   * the floor.
   */
  isOlderThan({ configuration, floor }: KnownVersion): boolean {
    const known = this.#known
    if (this.#isIncomplete || this.#areUnproven) return true
    return floor > known.floor || (floor === known.floor && configuration > known.configuration)
  }

  keep(...parts: readonly Snapshot<unknown>[]): void {
    this.#parts.push(...parts)
  }

  /**
   * Records the version of a commit by this replica. The caller must apply the commit to the memory in the same turn of
   * the event loop.
   */
  committed(configuration: number): void {
    this.#known = { ...this.#known, configuration }
  }

  /** Puts the slots in memory. Throws `RowDamaged` and changes nothing if the MAC of a row with new tokens is wrong. */
  putSlots(rows: readonly Row[]): void {
    const read = rows.map((row) => {
      const slot = readSlot(row, this.#known.floor)
      const clientId = text(row, 'client_id')
      const known = this.#kept.live.committed(clientId)?.slots.find(({ id }) => id === slot.id)
      return { row, slot, clientId, known }
    })
    const changed = read.filter(({ known, slot }) => known === undefined || !hasSameTokens(known, slot))
    this.#kept.macs.checkSlots(changed.map(({ row }) => row))
    for (const { row, slot, clientId, known } of read) {
      if (known === undefined) this.#early.push(row)
      else this.#kept.live.putSlot(clientId, slot)
    }
  }

  /** Puts the replay windows in memory. Skips the rows of removed integrations, which have no window. */
  putWindows(rows: readonly Row[]): void {
    this.#kept.windows.putRows(rows.filter(({ version }) => version !== null))
  }

  /**
   * Reads the change log and puts the changed slots in memory. Throws `StoreUnavailable` if the answer may come from
   * an old primary.
   */
  async readChanges(): Promise<Changes> {
    const changes = await this.#log.read()
    await this.#prove(changes)
    // The position in the log moves only after the slots are in memory. If a row is damaged, the next call therefore
    // reads the same changes again.
    this.putSlots(changes.slots)
    this.#log.goOnFrom(changes.reached)
    if (!changes.isWhole) this.#isIncomplete = true
    return changes
  }

  /**
   * Brings the memory to the newest version of the configuration. Uses the result of a read only if the version did not
   * change during the read, and if the primary answered. The caller may call this method only between commits. Throws
   * `StoreUnavailable`.
   */
  async catchUp(): Promise<void> {
    const before: WholeReading = { states: undefined }
    let release: (() => Promise<void>) | undefined
    try {
      // The configuration changed during the read, so the next attempt locks the configuration.
      while (!(await this.#tryToCatchUp(before))) release ??= await this.#disk.holdConfiguration()
    } catch (cause) {
      // The slots that were read are not in memory, so the memory lacks changes.
      if (before.states !== undefined) this.#isIncomplete = true
      throw cause
    } finally {
      await release?.()
    }
  }

  /** Returns false if the configuration changed during the read. */
  async #tryToCatchUp(whole: WholeReading): Promise<boolean> {
    const changed = await this.#changed()
    if (!this.isOlderThan(changed)) return true
    const hasLost = changed.floor > this.#known.floor
    if (hasLost || this.#isIncomplete) whole.states = await this.#readAll()
    const states = await this.#states(changed)
    const gone = changed.removed.filter(({ client_id }) => !states.has(client_id))
    const lost = hasLost ? await this.#notInDatabase() : []
    await this.#reloadParts((name) => hasLost || this.#areUnproven || changed.parts.includes(name))
    const after = await this.#changed()
    if (after.configuration !== changed.configuration) return false
    await this.#prove(after)
    this.#areUnproven = false
    await this.#putAll(whole.states ?? new Map())
    for (const { client_id, generation } of changed.removed) {
      this.#kept.generations.removedElsewhere(generation)
      // Removes the window even if the client ID was created again, because the new window may have the same version as
      // the old window, but different uses.
      this.#kept.windows.put(client_id, undefined)
    }
    for (const { client_id, generation } of gone) this.#remove(client_id, generation)
    for (const clientId of lost) this.#remove(clientId, 0)
    for (const [clientId, state] of states) this.#kept.live.put(clientId, state)
    this.#kept.slotIds.above(changed.highest)
    this.#known = changed
    this.#kept.windows.floorIs(changed.floor)
    // Slots that have no integration even after this call were removed in the meantime.
    this.putSlots(this.#early.splice(0))
    this.#early = []
    if (hasLost) this.onFloorRaised()
    return true
  }

  /**
   * Throws unless the database server is the primary, because an old primary may have outdated or unacknowledged rows.
   */
  async #prove(seen: Pick<Changes, 'place' | 'started'>): Promise<void> {
    const isProven = await this.#lease.proves(seen).catch((cause: unknown) => {
      throw databaseUnavailable(cause)
    })
    if (!isProven) throw new StoreUnavailable('the answer may come from an old primary')
  }

  async #readAll(): Promise<ReadonlyMap<string, IntegrationState>> {
    // Resets the flag before the read, because a change that is missed during the read sets the flag again.
    this.#isIncomplete = false
    const states = new Map<string, IntegrationState>()
    try {
      await loadIntegrations(this.#disk, { put: (clientId, state) => states.set(clientId, state) }, this.#kept.macs)
    } catch (cause) {
      this.#isIncomplete = true
      throw cause
    }
    return states
  }

  async #putAll(states: ReadonlyMap<string, IntegrationState>): Promise<void> {
    let put = 0
    for (const [clientId, state] of states) {
      this.#kept.live.put(clientId, state)
      if (++put % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /**
   * Reloads snapshots. Each snapshot is put in memory at once, before the replica has checked that the database server
   * is the primary.
   */
  async #reloadParts(isToRead: (name: string) => boolean): Promise<void> {
    const parts = this.#parts.filter(({ name }) => isToRead(name))
    if (parts.length > 0) this.#areUnproven = true
    for (const part of parts) await part.reload()
  }

  /** Returns the client IDs that are in memory but not in the database. */
  async #notInDatabase(): Promise<readonly string[]> {
    const rows = await this.#disk.ask('client_ids', 'SELECT client_id FROM integration', [])
    const there = new Set(rows.map((row) => text(row, 'client_id')))
    return [...this.#kept.live.entries()].flatMap(([clientId]) => (there.has(clientId) ? [] : [clientId]))
  }

  /**
   * Removes the integration from memory. Before that, raises the generations of its slots, so that readers of the feed
   * get the generation of the removal.
   */
  #remove(clientId: string, generation: Generation): void {
    const { live } = this.#kept
    for (const slot of live.committed(clientId)?.slots ?? []) {
      live.putSlot(clientId, { ...slot, generation: Math.max(slot.generation, generation - 1) })
    }
    live.put(clientId, undefined)
    this.#kept.windows.put(clientId, undefined)
  }

  async #changed(): Promise<Changed> {
    const [row] = await this.#disk.ask('changed', CHANGED, [this.#known.configuration])
    return row as unknown as Changed
  }

  async #states({ clients, floor }: Changed): Promise<Map<string, IntegrationState>> {
    const states = new Map<string, IntegrationState>()
    for (let from = 0; from < clients.length; from += PAGE) {
      const page = [clients.slice(from, from + PAGE)]
      const rows = await this.#disk.ask('states', 'SELECT * FROM integration WHERE client_id = ANY ($1)', page)
      const secrets = await this.#disk.ask('secrets', SECRETS, page)
      const credentials = await this.#disk.ask('credentials', CREDENTIALS, page)
      const slots = await this.#disk.ask(
        'slots',
        'SELECT * FROM slot_state WHERE client_id = ANY ($1) ORDER BY id',
        page,
      )
      this.#kept.macs.checkSlots(slots)
      for (const row of rows) {
        const clientId = text(row, 'client_id')
        const own = (other: Row): boolean => text(other, 'client_id') === clientId
        const rowsOf = { secrets: secrets.filter(own), credentials: credentials.filter(own), slots: slots.filter(own) }
        const state = readState(row, rowsOf, floor)
        const checked = await checkedIntegration(this.#disk, this.#kept.macs, state, row)
        if (checked !== undefined) states.set(clientId, checked)
      }
    }
    return states
  }
}

/** The result of reading all integrations. `states` is undefined before the first read. */
interface WholeReading {
  states: ReadonlyMap<string, IntegrationState> | undefined
}

interface Changed extends KnownVersion, Pick<Changes, 'place' | 'started'> {
  readonly clients: readonly string[]
  readonly removed: readonly { readonly client_id: string; readonly generation: number }[]
  readonly parts: readonly string[]
  /** The highest slot id in the database. */
  readonly highest: number
}

/**
 * Returns true if both slots have the same tokens and generations. The caller need not check the MAC of an unchanged
 * row again, and most fresh reads return unchanged rows.
 */
const hasSameTokens = (one: Slot, other: Slot): boolean =>
  one.generation === other.generation &&
  one.issuances === other.issuances &&
  one.revokedGeneration === other.revokedGeneration &&
  one.supersededGeneration === other.supersededGeneration &&
  one.predecessor?.until === other.predecessor?.until &&
  isSameToken(one.live, other.live) &&
  isSameToken(one.predecessor?.token, other.predecessor?.token)

const isSameToken = (one: RecordedToken | undefined, other: RecordedToken | undefined): boolean =>
  one?.jti === other?.jti &&
  one?.generation === other?.generation &&
  one?.issuedAt === other?.issuedAt &&
  one?.expiresAt === other?.expiresAt &&
  one?.audience === other?.audience

const PAGE = 200
/** The largest number of integrations that are put in memory in one turn of the event loop. */
const AT_ONCE = 2000

const SECRETS = `SELECT id, client_id, hash, ends_at FROM secret WHERE client_id = ANY ($1) ORDER BY ord`

const CREDENTIALS = `SELECT id, client_id, kind, detail, ends_at FROM credential WHERE client_id = ANY ($1) ORDER BY ord`

const CHANGED = `SELECT st.configuration, st.floor, ${SERVER},
    (SELECT coalesce(jsonb_agg(client_id), '[]') FROM integration WHERE configuration > $1) AS clients,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('client_id', client_id, 'generation', generation)), '[]')
      FROM removed_integration WHERE configuration > $1) AS removed,
    (SELECT coalesce(jsonb_agg(name), '[]') FROM part WHERE configuration > $1) AS parts,
    (SELECT coalesce(max(id), 0) FROM slot) AS highest
  FROM store st WHERE st.id = 1`
