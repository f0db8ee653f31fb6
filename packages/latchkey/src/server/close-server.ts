// Closes an HTTP server without losing a request that has reached the machine.
import type { Server as HttpServer } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/** Milliseconds between two closes of idle connections. In this time clients read `Connection: close`. */
const IDLE_SWEEP = 250
/**
 * The time for requests in flight to finish, in milliseconds. A request that takes longer was sent only in part, or
 * waits for a store that does not answer.
 */
const LONGEST_CLOSE = 5000
/** The largest number of connections that wait to be accepted: Node's default for `listen`. */
const BACKLOG = 511

/**
 * Resolves after the event loop has read all sockets, which it does between two turns of immediates. A delayed process
 * may not have read a request that has already arrived. Closing the socket would lose this request.
 */
async function socketsSeen(): Promise<void> {
  await setImmediate()
  await setImmediate()
}

/**
 * Accepts the waiting connections, because closing the listener resets them. Node accepts one connection in each turn
 * of the event loop. Resolves when two turns accepted no connection, or when all connections that waited at first have
 * been accepted.
 */
async function queueTaken(server: HttpServer): Promise<void> {
  let hasAccepted = true
  const note = (): void => {
    hasAccepted = true
  }
  // The event `connection` comes before the TLS handshake, which may never end.
  server.on('connection', note)
  for (let taken = 0; hasAccepted && taken < BACKLOG; taken++) {
    hasAccepted = false
    await socketsSeen()
  }
  server.off('connection', note)
}

/** Disconnects the requests that are still in flight after `longestMilliseconds`. */
export async function closeServer(server: HttpServer, longestMilliseconds = LONGEST_CLOSE): Promise<void> {
  if (!server.listening) return
  await queueTaken(server)
  // The HTTP server's own close would close idle connections at once, and lose requests that clients are just sending.
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => {
      resolve()
    })
  })
  const sweep = setInterval(() => {
    void socketsSeen().then(() => {
      server.closeIdleConnections()
    })
  }, IDLE_SWEEP)
  const cut = setTimeout(() => {
    server.closeAllConnections()
  }, longestMilliseconds)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
