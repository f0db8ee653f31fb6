// The port that stores the activity counts of all servers on a store, for each minute of the last two days.

/** Activity counts by their name. */
export type NamedCounts = Readonly<Record<string, number>>

export interface KeptMinute {
  /** The minute, counted in minutes since the epoch. */
  readonly minute: number
  /** The counts of this minute for each run of a server (from its start to its stop), by the name of the run. */
  readonly runs: Readonly<Record<string, NamedCounts>>
}

export interface KeptMinutes {
  /** The minute in which counting began on this store. Undefined before the first write. */
  readonly first: number | undefined
  /** The minutes that have counts, in no particular order. */
  readonly minutes: readonly KeptMinute[]
}

export interface ActivityMinutes {
  /** Reads `minute` and all later minutes. Throws `StoreUnavailable`. */
  from(minute: number): Promise<KeptMinutes>
  /**
   * Writes the counts of one run, all minutes in one commit. Replaces the earlier counts of the run for these minutes,
   * so a repeated write changes nothing. Overwrites the rows of minutes that are two days old. Records `first` as the
   * first minute if the store has no first minute yet. Throws `StoreUnavailable`.
   */
  put(run: string, minutes: ReadonlyMap<number, NamedCounts>, first: number): Promise<void>
}
