// The port that keeps the counts of the last two days in the store, minute by minute, for all servers of the store.

/** Counts by name. */
export type NamedCounts = Readonly<Record<string, number>>

export interface KeptMinute {
  /** Minutes since the epoch. */
  readonly minute: number
  /** What each run of a server counted in this minute, by the name of the run. */
  readonly runs: Readonly<Record<string, NamedCounts>>
}

export interface KeptMinutes {
  /** The minute in which counting began on this store. Undefined before the first write. */
  readonly first: number | undefined
  /** The minutes with counts, in no order. */
  readonly minutes: readonly KeptMinute[]
}

export interface ActivityMinutes {
  /** Reads the minutes from `minute` on. Throws `StoreUnavailable`. */
  from(minute: number): Promise<KeptMinutes>
  /**
   * Writes the counts of one run, all minutes in one commit. They replace what the run wrote about these minutes, so a
   * repeated write changes nothing. Rows are overwritten after two days. `first` is recorded if the store has no first
   * minute. Throws `StoreUnavailable`.
   */
  put(run: string, minutes: ReadonlyMap<number, NamedCounts>, first: number): Promise<void>
}
