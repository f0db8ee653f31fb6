// The refusal of one record too many, for every kind of record that operators create.

export interface LimitReached {
  readonly reason: 'limit_reached'
  /** How many there can be. */
  readonly most: number
}
