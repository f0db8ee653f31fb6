// Closes connections that have been idle for too long.
import type { Socket } from 'node:net'
import type { Pipeline } from './pipeline.ts'

interface Idle {
  readonly bytesRead: number
  readonly since: number
}

/**
 * Checks all connections of one listener together. The time-out of Node.js would set two timers for each request, which
 * would take a tenth of the time of a request.
 */
export class IdleConnections {
  readonly #timeout: number
  readonly #connections = new Map<Socket, Pipeline>()
  readonly #idle = new Map<Socket, Idle>()

  /** @param timeout the time in milliseconds after which an idle connection may be closed */
  constructor(timeout: number) {
    this.#timeout = timeout
  }

  /** Watches a connection until it is closed. */
  watch(socket: Socket, pipeline: Pipeline): void {
    this.#connections.set(socket, pipeline)
    socket.once('close', () => {
      this.#connections.delete(socket)
      this.#idle.delete(socket)
    })
  }

  /** Closes the connections that have been idle for too long. `now` is in milliseconds of the monotonic clock. */
  look(now: number): void {
    for (const [socket, { isIdle, isUsed }] of this.#connections) {
      const { bytesRead } = socket
      const before = this.#idle.get(socket)
      // Skips a connection that has had no request yet, because the time-out for request heads covers it.
      if (!isIdle || !isUsed || before?.bytesRead !== bytesRead) this.#idle.set(socket, { bytesRead, since: now })
      else if (now - before.since >= this.#timeout) socket.destroy()
    }
  }
}
