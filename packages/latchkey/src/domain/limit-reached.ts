// The refusal to create a record when the limit for its kind is reached.

export interface LimitReached {
  readonly reason: 'limit_reached'
  /** The limit. */
  readonly most: number
}
