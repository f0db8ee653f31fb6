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
/** Connections that wait to be accepted, at most: what Node asks of the kernel unless told otherwise. */
const BACKLOG = 511

/**
 * In a process that was held up, what has come in meanwhile is unread, and would be lost with its socket. Resolves after
 * the event loop has looked at all of them: between two turns of immediates.
 */
async function socketsSeen(): Promise<void> {
  await setImmediate()
  await setImmediate()
}

/**
 * Takes the connections that wait to be accepted: the close of the listener resets them. Node accepts one in each turn of
 * the event loop. Resolves when two turns brought none, or when all that waited at first have been taken.
 */
async function queueTaken(server: HttpServer): Promise<void> {
  let cameSince = true
  const note = (): void => {
    cameSince = true
  }
  // Before the handshake of TLS, which may never end.
  server.on('connection', note)
  for (let taken = 0; cameSince && taken < BACKLOG; taken++) {
    cameSince = false
    await socketsSeen()
  }
  server.off('connection', note)
}

/** What is in flight after `patience` milliseconds is cut. */
export async function closeServer(server: HttpServer, patience = PATIENCE): Promise<void> {
  if (!server.listening) return
  await queueTaken(server)
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
