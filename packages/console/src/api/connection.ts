// The state of the event stream of the page.

export type ConnectionState = 'connecting' | 'live' | 'lost'

export interface Connection {
  readonly state: ConnectionState
  /** When the numbers were last up to date, in milliseconds on the clock of this machine. */
  readonly freshAt: number
}

/**
 * Returns the same connection if the state is unchanged. Numbers are up to date when a live connection begins and when
 * it ends.
 */
export function nextConnection(connection: Connection, state: ConnectionState, now: number): Connection {
  if (connection.state === state) return connection
  const isFresh = connection.state === 'live' || state === 'live'
  return { state, freshAt: isFresh ? now : connection.freshAt }
}
