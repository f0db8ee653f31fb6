// Closes an HTTP server without losing a request that has reached the machine.
import type { Server as HttpServer } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/**
 * The interval in milliseconds at which idle connections are closed. In this time, clients can read `Connection:
 * close`.
 */
const IDLE_SWEEP = 250
/**
 * The time limit for requests in flight, in milliseconds. A request that takes longer was sent only in part, or waits
 * for a store that does not answer.
 */
const LONGEST_CLOSE = 5000
/** The largest number of connections that wait to be accepted: Node's default for `listen`. */
const BACKLOG = 511

/**
 * Resolves after the event loop has read all sockets, which it does between two `setImmediate` callbacks. A delayed
 * process may not have read a request that has already arrived. Closing the socket would lose this request.
 */
async function socketsSeen(): Promise<void> {
  await setImmediate()
  await setImmediate()
}

/**
 * Accepts the waiting connections, because closing the listener resets them. Node accepts one connection in each turn
 * of the event loop. Resolves when two consecutive turns accept no connection, or after as many connections as can wait
 * at a time.
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
  // The HTTP server's own `close` would close idle connections at once, and lose requests that clients are sending at
  // that moment.
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
