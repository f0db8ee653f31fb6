// Stops a server: no new connections, what is in flight is finished, then the store is closed cleanly.
import type { Server } from 'node:http'
import { removeServerFile } from '../config/server-file.ts'
import type { StoreHealth } from '../ports/store.ts'

export interface Stopping {
  readonly publicServer: Server
  readonly admin: { close(): Promise<unknown> }
  readonly store: StoreHealth
  readonly dataDir: string
}

export async function stopAll({ publicServer, admin, store, dataDir }: Stopping): Promise<void> {
  await Promise.all([closeServer(publicServer), admin.close()])
  removeServerFile(dataDir)
  await store.close()
}

/** What has not been answered by then never will be: its request is only half sent, or its store is gone. */
const PATIENCE_MS = 5000

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  // Connections that are busy now are idle once they have been answered, and nothing else would end them.
  const sweep = setInterval(() => {
    server.closeIdleConnections()
  }, 50)
  const cut = setTimeout(() => {
    server.closeAllConnections()
  }, PATIENCE_MS)
  server.closeIdleConnections()
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
