// The server's counters in the text format that monitoring systems read.

export interface Measurements {
  /** A media type. */
  readonly contentType: string
  /** All of them, as they are at this moment. */
  text(): Promise<string>
}
