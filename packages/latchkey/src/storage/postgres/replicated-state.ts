// Keeps one replica's memory up with what the others change: the configuration by its version, the slots by their log.
import type { IntegrationState } from '../../domain/integration.ts'
import type { Generation } from '../../domain/slot.ts'
import type { Cell } from '../../state/cell.ts'
import type { Generations } from '../../state/generations.ts'
import type { LiveState } from '../../state/live-state.ts'
import { checkedIntegration, loadIntegrations } from '../../state/load.ts'
import type { SlotIds } from '../../state/slot-ids.ts'
import type { Row } from '../../rows/disk.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { RowMacs } from '../../rows/row-macs.ts'
import { readSlot, readState, text } from '../../rows/rows.ts'
import { type ChangeLog, type Changes, SERVER } from './change-log.ts'
import type { Lease } from './lease.ts'
import type { KnownVersion } from './answers.ts'
import { cannotSay, type PostgresDisk } from './postgres-disk.ts'
import { hasSameTokens } from './same-tokens.ts'

export interface Sources {
  readonly disk: PostgresDisk
  readonly log: ChangeLog
  readonly lease: Lease
}

/** The state that is kept current. */
export interface KeptInMemory {
  readonly live: LiveState
  readonly generations: Generations
  readonly slotIds: SlotIds
  readonly macs: RowMacs
}

export class ReplicatedState {
  readonly #disk: PostgresDisk
  readonly #kept: KeptInMemory
  readonly #log: ChangeLog
  readonly #lease: Lease
  readonly #parts: Cell<unknown>[] = []
  /** Slots that came before the change of the configuration that made them. */
  #early: Row[] = []
  #known: KnownVersion
  /** All tokens from before are over. Set by the code that records it. */
  onFloorRaised: () => void = () => undefined
  /** Some changes of slots were missed: they are all to be read. */
  #isIncomplete = false
  /** Parts were read from a server that may be an old one. */
  #areUnproven = false

  constructor({ disk, log, lease }: Sources, kept: KeptInMemory, known: KnownVersion) {
    this.#disk = disk
    this.#lease = lease
    this.#kept = kept
    this.#log = log
    this.#known = known
  }

  get configuration(): number {
    return this.#known.configuration
  }

  /** What a commit or a look states: nothing may be assumed of what may come from an old server. */
  get assumed(): KnownVersion {
    return this.#areUnproven ? { ...this.#known, configuration: 0 } : this.#known
  }

  /** The outcome of a commit of our own is not known. */
  get hasUnknownOutcome(): boolean {
    return this.#kept.live.hasDoubt
  }

  get floor(): number {
    return this.#known.floor
  }

  /** A move to another server that may have lost something raises the floor. */
  isOlderThan({ configuration, floor }: KnownVersion): boolean {
    const known = this.#known
    if (this.#isIncomplete || this.#areUnproven) return true
    return floor > known.floor || (floor === known.floor && configuration > known.configuration)
  }

  keep(...parts: readonly Cell<unknown>[]): void {
    this.#parts.push(...parts)
  }

  /** A change of our own, which is in memory in this very turn. */
  committed(configuration: number): void {
    this.#known = { ...this.#known, configuration }
  }

  /** Throws `RowDamaged`, and puts none of them, if a row says something new and does not carry its MAC. */
  putSlots(rows: readonly Row[]): void {
    const read = rows.map((row) => {
      const slot = readSlot(row, this.#known.floor)
      const clientId = text(row, 'client_id')
      const known = this.#kept.live.committed(clientId)?.slots.find(({ id }) => id === slot.id)
      return { row, slot, clientId, known }
    })
    const told = read.filter(({ known, slot }) => known === undefined || !hasSameTokens(known, slot))
    this.#kept.macs.checkSlots(told.map(({ row }) => row))
    for (const { row, slot, clientId, known } of read) {
      if (known === undefined) this.#early.push(row)
      else this.#kept.live.putSlot(clientId, slot)
    }
  }

  /** The slots that others changed. Throws `StoreUnavailable` when the server that says so may be an old one. */
  async readChanges(): Promise<Changes> {
    const changes = await this.#log.read()
    await this.#prove(changes)
    // If one of the rows is damaged, all of them are read again: a change that was passed over would never be told.
    this.putSlots(changes.slots)
    this.#log.goOnFrom(changes.reached)
    if (!changes.isWhole) this.#isIncomplete = true
    return changes
  }

  /**
   * Brings the memory to one version of the configuration, the newest: what was read is valid if that version did not
   * change during the read, and if it was read from the server whose commits count. Between commits only.
   */
  async catchUp(): Promise<void> {
    const before: WholeReading = { states: undefined }
    let letGo: (() => Promise<void>) | undefined
    try {
      // Where it is changed all the time, one reading of it in peace has to do.
      while (!(await this.#tryToCatchUp(before))) letGo ??= await this.#disk.holdConfiguration()
    } catch (cause) {
      // It was not taken over.
      if (before.states !== undefined) this.#isIncomplete = true
      throw cause
    } finally {
      await letGo?.()
    }
  }

  /** False when the configuration was changed while it was read. */
  async #tryToCatchUp(whole: WholeReading): Promise<boolean> {
    const changed = await this.#changed()
    if (!this.isOlderThan(changed)) return true
    const hasLost = changed.floor > this.#known.floor
    if (hasLost || this.#isIncomplete) whole.states = await this.#readAll()
    const states = await this.#states(changed)
    const gone = changed.removed.filter(({ client_id }) => !states.has(client_id))
    const lost = hasLost ? await this.#notThere() : []
    await this.#reloadParts((name) => hasLost || this.#areUnproven || changed.parts.includes(name))
    const after = await this.#changed()
    if (after.configuration !== changed.configuration) return false
    await this.#prove(after)
    this.#areUnproven = false
    await this.#putAll(whole.states ?? new Map())
    for (const { generation } of changed.removed) this.#kept.generations.removedElsewhere(generation)
    for (const { client_id, generation } of gone) this.#remove(client_id, generation)
    for (const clientId of lost) this.#remove(clientId, 0)
    for (const [clientId, state] of states) this.#kept.live.put(clientId, state)
    this.#kept.slotIds.above(changed.highest)
    this.#known = changed
    // What is still not known by then was removed again.
    this.putSlots(this.#early.splice(0))
    this.#early = []
    if (hasLost) this.onFloorRaised()
    return true
  }

  /** An old server may return rows that others have replaced, and rows of commits that were never acknowledged. */
  async #prove(seen: Pick<Changes, 'place' | 'started'>): Promise<void> {
    if (await this.#lease.proves(seen).catch((cause: unknown) => { throw cannotSay(cause) })) return // prettier-ignore
    throw new StoreUnavailable('the server that was read from may be an old one')
  }

  async #readAll(): Promise<ReadonlyMap<string, IntegrationState>> {
    // What is missed from now on is another matter.
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

  /** They are in memory as soon as they are read, before it is proven where. */
  async #reloadParts(isToRead: (name: string) => boolean): Promise<void> {
    const parts = this.#parts.filter(({ name }) => isToRead(name))
    if (parts.length > 0) this.#areUnproven = true
    for (const part of parts) await part.reload()
  }

  /** Integrations in memory that were never in the database. */
  async #notThere(): Promise<readonly string[]> {
    const rows = await this.#disk.ask('client_ids', 'SELECT client_id FROM integration', [])
    const there = new Set(rows.map((row) => text(row, 'client_id')))
    return [...this.#kept.live.entries()].flatMap(([clientId]) => (there.has(clientId) ? [] : [clientId]))
  }

  /** Feed readers of the slots are told that it took this generation, whatever we knew of them. */
  #remove(clientId: string, generation: Generation): void {
    const { live } = this.#kept
    for (const slot of live.committed(clientId)?.slots ?? []) {
      live.putSlot(clientId, { ...slot, generation: Math.max(slot.generation, generation - 1) })
    }
    live.put(clientId, undefined)
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
      const slots = await this.#disk.ask(
        'slots',
        'SELECT * FROM slot_state WHERE client_id = ANY ($1) ORDER BY id',
        page,
      )
      this.#kept.macs.checkSlots(slots)
      for (const row of rows) {
        const clientId = text(row, 'client_id')
        const own = (other: Row): boolean => text(other, 'client_id') === clientId
        const state = readState(row, secrets.filter(own), slots.filter(own), floor)
        const checked = await checkedIntegration(this.#disk, this.#kept.macs, state, row)
        if (checked !== undefined) states.set(clientId, checked)
      }
    }
    return states
  }
}

/** All integrations, as they were read; undefined before they were. */
interface WholeReading {
  states: ReadonlyMap<string, IntegrationState> | undefined
}

interface Changed extends KnownVersion, Pick<Changes, 'place' | 'started'> {
  readonly clients: readonly string[]
  readonly removed: readonly { readonly client_id: string; readonly generation: number }[]
  readonly parts: readonly string[]
  /** The highest slot id in use. */
  readonly highest: number
}

const PAGE = 200
/** So many integrations are put in memory in one turn of the event loop. */
const AT_ONCE = 2000

const SECRETS = `SELECT id, client_id, hash, ends_at FROM secret WHERE client_id = ANY ($1) ORDER BY ord`

const CHANGED = `SELECT st.configuration, st.floor, ${SERVER},
    (SELECT coalesce(jsonb_agg(client_id), '[]') FROM integration WHERE configuration > $1) AS clients,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('client_id', client_id, 'generation', generation)), '[]')
      FROM removed_integration WHERE configuration > $1) AS removed,
    (SELECT coalesce(jsonb_agg(name), '[]') FROM part WHERE configuration > $1) AS parts,
    (SELECT coalesce(max(id), 0) FROM slot) AS highest
  FROM store st WHERE st.id = 1`
