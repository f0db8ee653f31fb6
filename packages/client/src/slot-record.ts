// The record that processes share in the store for one client and scope. They replace it by compare-and-swap.
import type { Clock } from './clock.ts'
import type { Sealing } from './sealing.ts'
import type { TokenErrorCode } from './token-error.ts'
import { TokenError } from './token-error.ts'
import type { OrderedToken } from './token-identity.ts'
import type { TokenStore } from './token-store.ts'

/**
 * What the store keeps for one client and scope. Times are milliseconds on the store's clock. The names of the members
 * are part of the stored format, which processes with other versions of this library read too.
 */
export interface SlotRecord {
  /** The fencing token of the latest lease: the number of leases so far. */
  readonly fence: number
  readonly token?: SharedToken
  /** The process that is requesting a token, and the end of its lease. Until then no other process may request one. */
  readonly lease?: { readonly holder: string; readonly until: number }
  /** The last request failed: no process requests before `until`. */
  readonly pause?: { readonly until: number; readonly failures: number; readonly code: TokenErrorCode }
  /** The number of tokens in a row that an API has rejected early, before they expired. */
  readonly cutShort: number
}

export interface SharedToken extends OrderedToken {
  readonly requestedAt: number
  readonly renewAt: number
  readonly usableUntil: number
  /** An API has refused the token: no process uses the token any more. */
  readonly refused?: true
}

export interface SlotState {
  readonly record: SlotRecord
  readonly version: string
  /**
   * The store's clock minus this process's clock, in milliseconds. The estimate is never too small, so a token looks
   * older than it is, not younger.
   */
  readonly clockSkew: number
}

export const EMPTY: SlotRecord = { fence: 0, cutShort: 0 }

/**
 * The length of a lease. A lease is longer than the longest request, so it ends only if its holder has crashed or is
 * stuck.
 */
export const LEASE_MS = 8000

// A little more than the longest wait that a server can ask for, which is 15 minutes.
const LONGEST_PAUSE_MS = 16 * 60_000

// How long the store keeps the record after everything in it has ended. The fencing token is still needed then, because
// the holder of an old lease may come back.
const KEPT_LONGER_MS = 10 * 60_000

export class SlotRegister {
  readonly #store: TokenStore
  readonly #key: string
  readonly #sealing: Sealing
  readonly #clock: Clock

  constructor(key: string, { store, sealing, clock }: { store: TokenStore; sealing: Sealing; clock: Clock }) {
    this.#store = store
    this.#key = key
    this.#sealing = sealing
    this.#clock = clock
  }

  /**
   * A record that cannot be decrypted counts as empty and is overwritten. It may have been sealed with a secret that
   * was rotated since.
   */
  async read(): Promise<SlotState> {
    const sent = this.#clock.now()
    const { version, text, now } = await this.#orFail(() => this.#store.read(this.#key))
    const opened = text === undefined ? undefined : this.#sealing.open(this.#key, text)
    const record = opened === undefined ? EMPTY : withoutFutureEnds(JSON.parse(opened) as SlotRecord, now)
    return { record, version, clockSkew: now - sent }
  }

  /** Replaces the record. Returns true unless another process replaced it first. */
  replace({ version, clockSkew }: SlotState, record: SlotRecord): Promise<boolean> {
    const now = this.#clock.now() + clockSkew
    const over = Math.max(record.token?.usableUntil ?? 0, record.lease?.until ?? 0, record.pause?.until ?? 0, now)
    const text = this.#sealing.seal(this.#key, JSON.stringify(record))
    return this.#orFail(() => this.#store.replace(this.#key, version, text, over - now + KEPT_LONGER_MS))
  }

  async #orFail<Value>(act: () => Promise<Value>): Promise<Value> {
    try {
      return await act()
    } catch (cause) {
      throw new TokenError('STORE_FAILED', 'the token store failed', { cause })
    }
  }
}

/**
 * Drops a lease or a pause that ends later than a new lease or pause would end. Such an end was written before the
 * store's clock was set back, as may happen after a failover of a Valkey server. Every process would otherwise wait
 * until the clock has caught up.
 */
function withoutFutureEnds({ lease, pause, ...record }: SlotRecord, now: number): SlotRecord {
  return {
    ...record,
    // Allows twice the length of a lease, because the clocks of two Valkey servers differ a little.
    ...(lease !== undefined && lease.until <= now + 2 * LEASE_MS && { lease }),
    ...(pause !== undefined && pause.until <= now + LONGEST_PAUSE_MS && { pause }),
  }
}
