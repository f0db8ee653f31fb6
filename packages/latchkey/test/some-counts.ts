// Connection counts for listeners that a test itself makes.
import pino from 'pino'
import { ConnectionCounts } from '../src/connections/connection-counts.ts'

export const someCounts = (): ConnectionCounts => new ConnectionCounts('test', 1000, pino({ level: 'silent' }))
