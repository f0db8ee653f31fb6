// The state of every slot (a client and a scope) in typed arrays, which the garbage collector does not scan. A slot
// takes about 90 bytes.
import type { FeedPredecessor, FeedSlot, FeedStanding } from '@latchkey/protocol'
import { ClientNames } from './client-names.ts'

/** A recorded token. */
export interface TokenRecord {
  readonly generation: number
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** SHA-256 of the `jti`: 32 characters, one for each byte. */
  readonly jtiHash: string
}

export interface PredecessorRecord extends TokenRecord {
  /** Seconds since the epoch. */
  readonly until: number
  /**
   * True if a request has shown the token after its deadline or its expiry. The token then stays ended, even if the
   * wall clock is set back.
   */
  isEnded: boolean
}

/** The number of slots of a page. The table grows by adding pages and copies no page. */
const PAGE = 8192
const HASH_BYTES = 32
const FIRST_INDEX = 1024

const STANDINGS: readonly FeedStanding[] = ['live', 'revoked', 'integration_disabled', 'empty']
const ENDED = 0x80
const STANDING = 0x7f

const newPage = () => ({
  generations: new Float64Array(PAGE),
  /** The generation of the live token. If no token is live, the generation of the last one that was live. */
  tokens: new Float64Array(PAGE),
  ends: new Float64Array(PAGE),
  hashes: Buffer.alloc(PAGE * HASH_BYTES),
  names: new Uint32Array(PAGE),
  scopes: new Uint16Array(PAGE),
  standings: new Uint8Array(PAGE),
})

/**
 * Finds slots by client and by the index of the scope in the feed's list. The number of a slot never changes, and no
 * slot is removed.
 */
export class LiveTable {
  #size = 0
  readonly #pages: ReturnType<typeof newPage>[] = []
  readonly #names = new ClientNames()
  /**
   * A hash table with open addressing. An entry is the number of a slot plus one; 0 is a free entry. At most half of
   * the entries are used.
   */
  #index = new Int32Array(FIRST_INDEX)
  readonly #predecessors = new Map<number, PredecessorRecord>()

  get size(): number {
    return this.#size
  }

  /** The size of the arrays in bytes, without the predecessors in grace. */
  get bytes(): number {
    const page = this.#pages[0]
    const ofPage = page === undefined ? 0 : Object.values(page).reduce((sum, column) => sum + column.byteLength, 0)
    return ofPage * this.#pages.length + this.#names.bytes + this.#index.byteLength
  }

  /** Returns the slot's number, or -1 if there is none. */
  find(clientId: string, scope: number): number {
    const mask = this.#index.length - 1
    for (let at = placeOf(clientId, scope) & mask; ; at = (at + 1) & mask) {
      const slot = (this.#index[at] as number) - 1
      if (slot === -1) return -1
      const page = this.#page(slot)
      const row = slot % PAGE
      if (page.scopes[row] === scope && this.#names.isAt(page.names[row] as number, clientId)) return slot
    }
  }

  /**
   * Stores the whole state of a slot, unless the table has a newer state. Repeated and late rows therefore change
   * nothing. Two states may have the same generation, because enabling an integration does not raise it. The later one
   * of them counts.
   */
  apply(state: FeedSlot): void {
    let slot = this.find(state.clientId, state.scope)
    if (slot === -1) slot = this.#add(state.clientId, state.scope)
    const page = this.#page(slot)
    const row = slot % PAGE
    const generation = page.generations[row] as number
    if (state.generation < generation) return
    const { live, previous } = state
    const wasEnded = ((page.standings[row] as number) & ENDED) !== 0
    const isSameToken = live !== undefined && live.generation === page.tokens[row]
    page.generations[row] = state.generation
    page.standings[row] = STANDINGS.indexOf(state.standing) | (isSameToken && wasEnded ? ENDED : 0)
    if (live !== undefined) {
      page.tokens[row] = live.generation
      page.ends[row] = live.expiresAt
      page.hashes.write(live.jtiHash, row * HASH_BYTES, 'base64url')
    }
    this.#setPredecessor(slot, previous)
  }

  generation(slot: number): number {
    return this.#page(slot).generations[slot % PAGE] as number
  }

  standing(slot: number): FeedStanding {
    return STANDINGS[(this.#page(slot).standings[slot % PAGE] as number) & STANDING] as FeedStanding
  }

  /**
   * The generation of the live token. If no token is live, the generation of the last one that was live in this table,
   * or 0 if there was none.
   */
  tokenGeneration(slot: number): number {
    return this.#page(slot).tokens[slot % PAGE] as number
  }

  isLiveToken(slot: number, { expiresAt, jtiHash }: TokenRecord): boolean {
    const page = this.#page(slot)
    const row = slot % PAGE
    return page.ends[row] === expiresAt && isHashAt(page.hashes, row * HASH_BYTES, jtiHash)
  }

  predecessor(slot: number): PredecessorRecord | undefined {
    return this.#predecessors.size === 0 ? undefined : this.#predecessors.get(slot)
  }

  /** True if the guard has seen the live token of the slot in a request after the token's expiry. */
  isEnded(slot: number): boolean {
    return ((this.#page(slot).standings[slot % PAGE] as number) & ENDED) !== 0
  }

  markEnded(slot: number): void {
    const { standings } = this.#page(slot)
    standings[slot % PAGE] = (standings[slot % PAGE] as number) | ENDED
  }

  #page(slot: number): ReturnType<typeof newPage> {
    return this.#pages[Math.floor(slot / PAGE)] as ReturnType<typeof newPage>
  }

  #add(clientId: string, scope: number): number {
    if ((this.#size + 1) * 2 > this.#index.length) this.#growIndex()
    const slot = this.#size++
    if (slot % PAGE === 0) this.#pages.push(newPage())
    const page = this.#page(slot)
    page.names[slot % PAGE] = this.#names.add(clientId)
    page.scopes[slot % PAGE] = scope
    this.#enter(slot, placeOf(clientId, scope))
    return slot
  }

  #enter(slot: number, place: number): void {
    const mask = this.#index.length - 1
    let at = place & mask
    while (this.#index[at] !== 0) at = (at + 1) & mask
    this.#index[at] = slot + 1
  }

  #growIndex(): void {
    this.#index = new Int32Array(this.#index.length * 2)
    for (let slot = 0; slot < this.#size; slot++) {
      const page = this.#page(slot)
      const clientId = this.#names.at(page.names[slot % PAGE] as number)
      this.#enter(slot, placeOf(clientId, page.scopes[slot % PAGE] as number))
    }
  }

  #setPredecessor(slot: number, previous: FeedPredecessor | undefined): void {
    const known = this.predecessor(slot)
    if (previous === undefined) {
      if (known !== undefined) this.#predecessors.delete(slot)
      return
    }
    const { generation, expiresAt, until } = previous
    const isEnded = known?.generation === generation && known.isEnded
    const jtiHash = Buffer.from(previous.jtiHash, 'base64url').toString('latin1')
    this.#predecessors.set(slot, { generation, expiresAt, until, jtiHash, isEnded })
  }
}

function isHashAt(bytes: Buffer, place: number, hash: string): boolean {
  for (let i = 0; i < HASH_BYTES; i++) if (bytes[place + i] !== hash.charCodeAt(i)) return false
  return true
}

// FNV-1a with a final mix. The server draws client IDs at random, so no attacker can choose colliding ones.
function placeOf(clientId: string, scope: number): number {
  let state = 0x811c9dc5 ^ scope
  for (let i = 0; i < clientId.length; i++) state = Math.imul(state ^ clientId.charCodeAt(i), 0x01000193)
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
  return (state ^ (state >>> 13)) >>> 0
}
