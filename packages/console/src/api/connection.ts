// The state of the event stream of the page.

export type ConnectionState = 'connecting' | 'live' | 'lost'

export interface Connection {
  readonly state: ConnectionState
  /** When the numbers were last up to date, in milliseconds on the clock of this machine. */
  readonly freshAt: number
}

/** The same connection if the state stays. Numbers are up to date as a live connection begins and as it ends. */
export function nextConnection(connection: Connection, state: ConnectionState, now: number): Connection {
  if (connection.state === state) return connection
  const isFresh = connection.state === 'live' || state === 'live'
  return { state, freshAt: isFresh ? now : connection.freshAt }
}
