// What the sections know of a server that they measure.

export interface RunningServer {
  readonly name: string
  readonly pid: number
  readonly tokenUrl: string
  /** The URL of its public keys (RFC 7517). */
  readonly jwksUrl: string
  stop(): Promise<void>
}
