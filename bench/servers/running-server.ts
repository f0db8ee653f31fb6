// The data about a measured server that the sections use.

export interface RunningServer {
  readonly name: string
  readonly pid: number
  readonly tokenUrl: string
  /** The URL of its public keys (RFC 7517). */
  readonly jwksUrl: string
  stop(): Promise<void>
}
