// Keeps one replica's memory up with what the others change: the configuration by its version, the slots by their log.
import type { IntegrationState } from '../../domain/integration.ts'
import type { Generation } from '../../domain/slot.ts'
import type { Cell } from '../embedded/cell.ts'
import type { Generations } from '../embedded/generations.ts'
import type { LiveState } from '../embedded/live-state.ts'
import { loadIntegrations } from '../embedded/load.ts'
import type { SlotIds } from '../embedded/slot-ids.ts'
import type { Row } from '../disk.ts'
import { readSlot, readState, text } from '../sqlite/rows.ts'
import type { ChangeLog, Changes } from './change-log.ts'
import type { PostgresDisk } from './postgres-disk.ts'

export interface KeptInMemory {
  readonly live: LiveState
  readonly generations: Generations
  readonly slotIds: SlotIds
}

/** The version that the memory has, which everything judged by it is judged with. */
export interface KnownVersion {
  readonly configuration: number
  readonly floor: number
}

export class SharedMemory {
  readonly #disk: PostgresDisk
  readonly #kept: KeptInMemory
  readonly #log: ChangeLog
  readonly #parts: Cell<unknown>[] = []
  /** Slots that came before the change of the configuration that made them. */
  #early: Row[] = []
  #known: KnownVersion
  /** All tokens from before are over. Set by whoever puts that on record. */
  onFloorRaised: () => void = () => undefined
  /** Some changes of slots were missed: they are all to be read. */
  #isIncomplete = false

  constructor(disk: PostgresDisk, kept: KeptInMemory, log: ChangeLog, known: KnownVersion) {
    this.#disk = disk
    this.#kept = kept
    this.#log = log
    this.#known = known
  }

  get configuration(): number {
    return this.#known.configuration
  }

  /** A move to another server that may have lost something raises the floor. */
  isOlderThan({ configuration, floor }: KnownVersion): boolean {
    const known = this.#known
    return this.#isIncomplete || floor > known.floor || (floor === known.floor && configuration > known.configuration)
  }

  keep(...parts: readonly Cell<unknown>[]): void {
    this.#parts.push(...parts)
  }

  /** A change of our own, which is in memory in this very turn. */
  committed(configuration: number): void {
    this.#known = { ...this.#known, configuration }
  }

  putSlots(rows: readonly Row[]): void {
    for (const row of rows) {
      const slot = readSlot(row, this.#known.floor)
      const clientId = text(row, 'client_id')
      const isKnown = this.#kept.live.committed(clientId)?.slots.some(({ id }) => id === slot.id) ?? false
      if (isKnown) this.#kept.live.putSlot(clientId, slot)
      else this.#early.push(row)
    }
  }

  readFound(rows: readonly Row[] = []) {
    return rows.map((row) => ({ clientId: text(row, 'client_id'), slot: readSlot(row, this.#known.floor) }))
  }

  /** The slots that others changed. */
  async follow(): Promise<Changes> {
    const changes = await this.#log.read()
    if (!changes.isWhole) this.#isIncomplete = true
    this.putSlots(changes.slots)
    return changes
  }

  /**
   * Brings the memory to one version of the configuration, the newest: what was read is good if that version did not
   * change meanwhile. Between commits only.
   */
  async catchUp(): Promise<void> {
    for (;;) {
      const changed = await this.#changed()
      if (!this.isOlderThan(changed)) return
      const hasLost = changed.floor > this.#known.floor
      if (hasLost || this.#isIncomplete) await this.#readAll()
      const states = await this.#states(changed.clients)
      const gone = changed.removed.filter(({ client_id }) => !states.has(client_id))
      const lost = hasLost ? await this.#notThere() : []
      for (const part of this.#parts) if (hasLost || changed.parts.includes(part.name)) await part.reload()
      const { configuration } = await this.#changed()
      if (configuration !== changed.configuration) continue
      for (const { generation } of changed.removed) this.#kept.generations.removedElsewhere(generation)
      for (const { client_id, generation } of gone) this.#remove(client_id, generation)
      for (const clientId of lost) this.#remove(clientId, 0)
      for (const [clientId, state] of states) this.#kept.live.put(clientId, state)
      this.#kept.slotIds.above(changed.highest)
      this.#known = changed
      // What is still not known by then was removed again.
      const early = this.#early
      this.putSlots(early)
      this.#early = []
      if (hasLost) this.onFloorRaised()
      return
    }
  }

  async #readAll(): Promise<void> {
    // What is missed from now on is another matter.
    this.#isIncomplete = false
    try {
      await loadIntegrations(this.#disk, this.#kept.live)
    } catch (cause) {
      this.#isIncomplete = true
      throw cause
    }
  }

  /** Integrations in memory that the database has never heard of. */
  async #notThere(): Promise<readonly string[]> {
    const rows = await this.#disk.ask('client_ids', 'SELECT client_id FROM integration', [])
    const there = new Set(rows.map((row) => text(row, 'client_id')))
    return [...this.#kept.live.entries()].flatMap(([clientId]) => (there.has(clientId) ? [] : [clientId]))
  }

  /** Whoever follows the slots is told that it took this generation, whatever we knew of them. */
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

  async #states(clientIds: readonly string[]): Promise<Map<string, IntegrationState>> {
    const states = new Map<string, IntegrationState>()
    const { floor } = this.#known
    for (let from = 0; from < clientIds.length; from += PAGE) {
      const page = [clientIds.slice(from, from + PAGE)]
      const rows = await this.#disk.ask('states', 'SELECT * FROM integration WHERE client_id = ANY ($1)', page)
      const secrets = await this.#disk.ask('secrets', SECRETS, page)
      const slots = await this.#disk.ask('slots', 'SELECT * FROM slot WHERE client_id = ANY ($1) ORDER BY id', page)
      for (const row of rows) {
        const clientId = text(row, 'client_id')
        const own = (other: Row): boolean => text(other, 'client_id') === clientId
        states.set(clientId, readState(row, secrets.filter(own), slots.filter(own), floor))
      }
    }
    return states
  }
}

interface Changed extends KnownVersion {
  readonly clients: readonly string[]
  readonly removed: readonly { readonly client_id: string; readonly generation: number }[]
  readonly parts: readonly string[]
  /** The highest slot id in use. */
  readonly highest: number
}

const PAGE = 200

const SECRETS = `SELECT id, client_id, hash, ends_at FROM secret WHERE client_id = ANY ($1) ORDER BY ord`

const CHANGED = `SELECT st.configuration, st.floor,
    (SELECT coalesce(jsonb_agg(client_id), '[]') FROM integration WHERE configuration > $1) AS clients,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('client_id', client_id, 'generation', generation)), '[]')
      FROM removed_integration WHERE configuration > $1) AS removed,
    (SELECT coalesce(jsonb_agg(name), '[]') FROM part WHERE configuration > $1) AS parts,
    (SELECT coalesce(max(id), 0) FROM slot) AS highest
  FROM store st WHERE st.id = 1`
