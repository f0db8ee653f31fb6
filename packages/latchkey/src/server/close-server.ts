// Closes an HTTP server without losing a request that has reached the machine.
import type { Server as HttpServer } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/** Milliseconds between two closes of idle connections. Until then clients read `Connection: close`. */
const IDLE_SWEEP = 250
/** Milliseconds for requests in flight. A request that has no answer by then is half sent, or its store is gone. */
const LONGEST_CLOSE = 5000
/** The most connections that wait to be accepted: Node's default for `listen`. */
const BACKLOG = 511

/**
 * Resolves after the event loop has read all sockets, which it does between two turns of immediates. In a process that
 * was held up, a request may have arrived that is still unread. It would be lost with its socket.
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
  let hasAccepted = true
  const note = (): void => {
    hasAccepted = true
  }
  // This event comes before the TLS handshake, which may never end.
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
  // The close of an HTTP server would close idle connections at once, and lose requests that are just being sent.
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
