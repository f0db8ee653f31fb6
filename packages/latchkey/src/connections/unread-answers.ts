// Cuts connections whose client does not read its answers.
import type { Socket } from 'node:net'

/** The number of unsent bytes of a connection at the last check, and the time at which this number last changed. */
interface Unsent {
  readonly bytes: number
  readonly since: number
}

/** Checks all connections of one listener together, so that no socket needs a timer of its own. */
export class UnreadAnswers {
  readonly #timeout: number
  readonly #onCut: () => void
  readonly #connections = new Map<Socket, Unsent | undefined>()

  /** @param timeout the time in milliseconds within which a client must read at least one byte of its answers */
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
   * Cuts the connections whose client has read no bytes for too long. `now` is in milliseconds of the monotonic clock.
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
 * The internal handle of a socket, with the member that the time-outs of Node.js use too. The handle of a TLS socket
 * has the handle of its TCP connection as parent.
 */
interface Handle {
  readonly writeQueueSize?: number
  readonly _parent?: Handle
}

/**
 * Returns the number of bytes that the kernel has not accepted yet. `writableLength` is not exact: it counts a whole
 * write until the kernel has accepted all its bytes. The handle knows how many bytes of the write are left. So the
 * server can tell a client that reads a large answer slowly from a client that does not read at all.
 */
function unsentBytes(socket: Socket): number {
  const { writableLength } = socket
  if (writableLength === 0) return 0
  const { _handle: handle } = socket as unknown as { readonly _handle?: Handle | null }
  return writableLength + ((handle?._parent ?? handle)?.writeQueueSize ?? 0)
}
