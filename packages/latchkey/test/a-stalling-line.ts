// A connection whose other end takes bytes only while it reads, for tests of what waits for it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'

export class StallingLine extends Duplex {
  readonly #taken: string[] = []
  #isReading = true
  #held: (() => void) | undefined

  override _read(): void {
    // Nothing comes from there.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const take = (): void => {
      this.#taken.push(chunk.toString('latin1'))
      done()
    }
    if (this.#isReading) take()
    else this.#held = take
  }

  /** All that was read of it. */
  get taken(): string {
    return this.#taken.join('')
  }

  /** The end of that. */
  get lately(): string {
    return this.#taken.slice(-4).join('')
  }

  stall(): void {
    this.#isReading = false
  }

  goOn(): void {
    this.#isReading = true
    const held = this.#held
    this.#held = undefined
    held?.()
  }

  /** An answer on this line, with its head written; what follows are the bytes of its body. */
  answer(): Promise<ServerResponse> {
    const server = createServer()
    const answer = new Promise<ServerResponse>((resolve) => {
      server.once('request', (_request: IncomingMessage, response: ServerResponse) => {
        response.shouldKeepAlive = false
        response.useChunkedEncodingByDefault = false
        response.writeHead(200)
        resolve(response)
      })
    })
    server.emit('connection', this)
    this.push('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    return answer
  }
}
