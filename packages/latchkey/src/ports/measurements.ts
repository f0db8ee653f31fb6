// The port for the metrics of the server in the Prometheus text format.

export interface Measurements {
  /** The media type of the text. */
  readonly contentType: string
  /** Returns all metrics with their present values. */
  text(): Promise<string>
}
