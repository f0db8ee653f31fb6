// The refusal to create a record because the server already has the largest allowed number of records of this kind.

export interface LimitReached {
  readonly reason: 'limit_reached'
  /** The largest allowed number of records. */
  readonly most: number
}
