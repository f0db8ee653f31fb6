// Stops a server: no new connections, what is in flight is finished, then the store is closed cleanly.
import type { Server as HttpServer } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { removeServerFile } from '../config/server-file.ts'
import type { StoreHealth } from '../ports/store.ts'

export interface Stopping {
  readonly publicServer: HttpServer
  readonly admin: { close(): Promise<unknown> }
  /** Begin nothing new from then on. */
  readonly keepers: readonly { stop(): void }[]
  /** Has something left to write. */
  readonly activity: { close(): Promise<void> }
  readonly store: StoreHealth
  readonly dataDir: string
  /** Empty where it never listened. */
  readonly adminUrl: string
}

export async function stopAll({
  publicServer,
  admin,
  keepers,
  activity,
  store,
  dataDir,
  adminUrl,
}: Stopping): Promise<void> {
  for (const keeper of keepers) keeper.stop()
  await Promise.all([closeServer(publicServer), admin.close()])
  removeServerFile(dataDir, { pid: process.pid, admin_url: adminUrl })
  await activity.close()
  await store.close()
}

/** Milliseconds for connections to hear, with the answer they wait for or with the next one, that they are to be closed. */
const FAREWELL = 250
/** Milliseconds after which what is unanswered never will be: its request is only half sent, or its store is gone. */
const PATIENCE = 5000

/**
 * In a process that was held up, what has come in meanwhile is unread, and would be lost with its socket. Resolves after
 * the event loop has looked at all of them: between two turns of immediates.
 */
async function socketsSeen(): Promise<void> {
  await setImmediate()
  await setImmediate()
}

/** What is in flight after `patience` milliseconds is cut. */
export async function closeServer(server: HttpServer, patience = PATIENCE): Promise<void> {
  if (!server.listening) return
  await socketsSeen()
  // The close of an HTTP server would cut idle connections at once, and with them requests that are just being sent.
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => {
      resolve()
    })
  })
  const sweep = setInterval(() => {
    void socketsSeen().then(() => {
      server.closeIdleConnections()
    })
  }, FAREWELL)
  const cut = setTimeout(() => {
    server.closeAllConnections()
  }, patience)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
