// A server under measurement, as the sections see it.

export interface RunningServer {
  readonly name: string
  readonly pid: number
  readonly tokenUrl: string
  /** Where its public keys are (RFC 7517). */
  readonly jwksUrl: string
  stop(): Promise<void>
}
