// Cuts connections whose client does not take its answers.
import type { Socket } from 'node:net'

/** The unsent bytes of a connection at the last check, and the time of their last change. */
interface Unsent {
  readonly bytes: number
  readonly since: number
}

/**
 * Checks all connections of one listener. The sockets need no timers of their own, and a connection without unsent
 * bytes costs nothing.
 */
export class UnreadAnswers {
  readonly #timeout: number
  readonly #onCut: () => void
  readonly #connections = new Map<Socket, Unsent | undefined>()

  /** @param timeout milliseconds in which a client must take at least one byte of an answer */
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

  /**
   * Cuts the connections whose client has taken no bytes for too long. `now` is in milliseconds on the monotonic clock.
   */
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

/**
 * The member of a socket's handle that Node's own time-outs use. The handle of a TLS socket has the connection's handle
 * as its parent.
 */
interface Handle {
  readonly writeQueueSize?: number
  readonly _parent?: Handle
}

/**
 * Returns the number of bytes that the kernel has not taken. `writableLength` counts a write in full until the kernel
 * has taken all of it. The handle knows how many bytes of that write are left. With this number the server can tell a
 * client that reads a large answer slowly from a client that does not read.
 */
function unsentBytes(socket: Socket): number {
  const { writableLength } = socket
  if (writableLength === 0) return 0
  const { _handle: handle } = socket as unknown as { readonly _handle?: Handle | null }
  return writableLength + ((handle?._parent ?? handle)?.writeQueueSize ?? 0)
}
