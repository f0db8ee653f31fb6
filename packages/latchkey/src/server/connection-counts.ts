// How many connections the server's listeners hold, so that descriptors are left for its store and its log.
import { ConnectionCounts } from '../connections/connection-counts.ts'
import { connectionShare } from '../connections/most-connections.ts'
import type { Logger } from '../log.ts'

const MOST = { public: 10_000, admin: 1000 } as const

export const connectionCounts = (logger: Logger) => ({
  publicConnections: new ConnectionCounts('public', Math.min(MOST.public, connectionShare(0.8)), logger),
  adminConnections: new ConnectionCounts('admin', Math.min(MOST.admin, connectionShare(0.1)), logger),
})
