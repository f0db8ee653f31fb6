// Cuts the connections whose client does not take its answers.
import type { Socket } from 'node:net'

/** What a connection had not sent when it was looked at, and when that changed last. */
interface Unsent {
  readonly bytes: number
  readonly since: number
}

/** One for each listener. The sockets have no timer of their own, so that an answer that is taken costs nothing. */
export class UnreadAnswers {
  readonly #timeout: number
  readonly #onCut: () => void
  readonly #connections = new Map<Socket, Unsent | undefined>()

  /** @param timeout milliseconds in which a client has to take at least one byte of an answer */
  constructor(timeout: number, onCut: () => void) {
    this.#timeout = timeout
    this.#onCut = onCut
  }

  /** Watches a connection until it is closed. */
  watch(socket: Socket): void {
    this.#connections.set(socket, undefined)
    socket.once('close', () => {
      this.#connections.delete(socket)
    })
  }

  /** Cuts those that have taken nothing for too long. `now` is in milliseconds, on the monotonic clock. */
  look(now: number): void {
    for (const [socket, before] of this.#connections) {
      const bytes = unsentBytes(socket)
      if (bytes === 0) {
        if (before !== undefined) this.#connections.set(socket, undefined)
      } else if (before?.bytes !== bytes) this.#connections.set(socket, { bytes, since: now })
      else if (now - before.since >= this.#timeout) {
        this.#onCut()
        socket.destroy()
      }
    }
  }
}

/** The part of a socket's handle that Node uses for its own time-outs. A TLS handle stands on that of the connection. */
interface Handle {
  readonly writeQueueSize?: number
  readonly _parent?: Handle
}

/**
 * What the kernel has not taken. A write counts as a whole in `writableLength` until all of it is taken. The handle knows
 * the rest of it, so that a slow reader of a large answer is told from one that does not read.
 */
function unsentBytes(socket: Socket): number {
  const { writableLength } = socket
  if (writableLength === 0) return 0
  const { _handle: handle } = socket as unknown as { readonly _handle?: Handle | null }
  return writableLength + ((handle?._parent ?? handle)?.writeQueueSize ?? 0)
}
