// A table of live tokens that the feed keeps up to date, with the scopes that it covers and the moment up to which it is
// complete.
import type { FeedSlot, Scope } from '@latchkey/protocol'
import { GuardError } from './guard-error.ts'
import { LiveTable } from './live-table.ts'
import { ageOf, type Moment } from './moment.ts'
import type { SignedToken } from './signed-tokens.ts'

/** The largest drift between two good clocks: 200 parts in a million. */
export const DRIFT = 0.0002

export class FollowedTable {
  readonly table = new LiveTable()
  readonly scopes: readonly string[]
  readonly #places: ReadonlyMap<string, number>
  #asOf: Moment | undefined

  constructor(scopes: readonly string[]) {
    this.scopes = scopes
    this.#places = new Map(scopes.map((scope, place) => [scope, place]))
  }

  apply(rows: readonly FeedSlot[]): void {
    for (const row of rows) {
      if (row.scope >= this.scopes.length) {
        throw new GuardError('ISSUER_MISMATCH', 'the feed names a scope that it did not list in `hello`')
      }
      this.table.apply(row)
    }
  }

  /** The table holds every change that the server acknowledged before this moment. */
  certify(asOf: Moment): void {
    if (this.#asOf === undefined || asOf.monotonic > this.#asOf.monotonic) this.#asOf = asOf
  }

  get asOf(): Moment | undefined {
    return this.#asOf
  }

  /** The age in milliseconds. The table holds every change that the server acknowledged at least this long ago. */
  age(): number {
    return this.#asOf === undefined ? Infinity : ageOf(this.#asOf) * (1 + DRIFT)
  }

  follows(scope: Scope): boolean {
    return this.#places.has(scope)
  }

  /**
   * Returns the number of the token's slot, or -1 if the table does not have the slot. The number never changes, so it
   * is cached with the token.
   */
  slotOf(signed: SignedToken): number {
    if (signed.table === this.table) return signed.slot
    const place = this.#places.get(signed.claims.scope)
    const slot = place === undefined ? -1 : this.table.find(signed.claims.clientId, place)
    if (slot !== -1) {
      signed.table = this.table
      signed.slot = slot
    }
    return slot
  }
}
