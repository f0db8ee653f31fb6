// Connection counts for listeners that a test makes by itself.
import pino from 'pino'
import { ConnectionCounts } from '../src/connections/connection-counts.ts'

/** Of a listener that holds `most` connections at once. */
export const someCounts = (most = 1000): ConnectionCounts =>
  new ConnectionCounts('test', most, pino({ level: 'silent' }))
