// What is said of one problem of the admin API.

export interface ProblemEntry {
  readonly status: number
  /** The same for every problem of this code (RFC 9457 §3.1.4). */
  readonly title: string
  /** For the page of problems: when this is answered. */
  readonly meaning: string
  /** For the page of problems: what the caller does about it. */
  readonly cure: string
}
