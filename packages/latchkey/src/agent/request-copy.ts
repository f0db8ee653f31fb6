// Sends a request body on as it comes, and keeps a copy as long as it is small, so that it can be sent again.
import type { ClientRequest, IncomingMessage } from 'node:http'

/** One MiB, the largest body that is repeated. */
export const MOST_KEPT_BYTES = 1024 * 1024

export class RequestCopy {
  readonly #from: IncomingMessage
  #chunks: Buffer[] | undefined = []
  #bytes = 0
  /** Where it goes now; nowhere between two tries. */
  #to: ClientRequest | undefined
  #ended = false
  #onEnd: (() => void)[] = []

  constructor(from: IncomingMessage) {
    this.#from = from
    // RFC 9112 §6: without either there is no body.
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

  /** What has come already, and all that follows. Only once unless {@link whole} said yes. */
  sendTo(request: ClientRequest): void {
    for (const chunk of this.#chunks ?? []) request.write(chunk)
    if (this.#ended) {
      request.end()
      return
    }
    this.#to = request
    this.#from.resume()
  }

  /** The upstream has answered: the rest goes nowhere. Whether all of it is here, once it is, or once it is too large. */
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
