// The port for the server's counters, in the text format that monitoring systems read.

export interface Measurements {
  /** A media type. */
  readonly contentType: string
  /** Returns all counters with their present values. */
  text(): Promise<string>
}
