// Passes a request body on as it arrives. Keeps a copy of a small body, so that the proxy can send the body again with
// another token.
import type { ClientRequest, IncomingMessage } from 'node:http'

/** The size of the largest body that can be sent again: one MiB. */
export const MOST_KEPT_BYTES = 1024 * 1024

export class RequestCopy {
  readonly #from: IncomingMessage
  #chunks: Buffer[] | undefined = []
  #bytes = 0
  /** The request to the upstream that receives the body at present. Undefined between two attempts. */
  #to: ClientRequest | undefined
  #ended = false
  #onEnd: (() => void)[] = []

  constructor(from: IncomingMessage) {
    this.#from = from
    // RFC 9112 §6: a request without Content-Length and Transfer-Encoding has no body.
    if (from.headers['content-length'] === undefined && from.headers['transfer-encoding'] === undefined) {
      this.#ended = true
      return
    }
    from.on('data', (chunk: Buffer) => {
      this.#keep(chunk)
      if (this.#to?.write(chunk) === false) {
        from.pause()
        this.#to.once('drain', () => from.resume())
      }
    })
    from.on('end', () => {
      this.#ended = true
      this.#to?.end()
      for (const tell of this.#onEnd) tell()
    })
    from.pause()
  }

  /**
   * Sends the bytes that have arrived and all later bytes to `request`. The caller may call it again only if {@link
   * whole} resolved with true.
   */
  sendTo(request: ClientRequest): void {
    for (const chunk of this.#chunks ?? []) request.write(chunk)
    if (this.#ended) {
      request.end()
      return
    }
    this.#to = request
    this.#from.resume()
  }

  /**
   * Stops sending. Resolves with true when the copy of the body is complete, and with false if the body is too large
   * for a copy.
   */
  async whole(): Promise<boolean> {
    this.#to = undefined
    if (!this.#ended) this.#from.resume()
    if (!this.#ended && this.#chunks !== undefined) await new Promise<void>((resolve) => this.#onEnd.push(resolve))
    return this.#chunks !== undefined && this.#ended
  }

  #keep(chunk: Buffer): void {
    if (this.#chunks === undefined) return
    this.#bytes += chunk.length
    if (this.#bytes <= MOST_KEPT_BYTES) {
      this.#chunks.push(chunk)
      return
    }
    this.#chunks = undefined
    for (const tell of this.#onEnd) tell()
  }
}
