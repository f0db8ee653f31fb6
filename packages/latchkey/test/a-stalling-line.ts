// A connection whose other end reads only as much as the test allows.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'

export class StallingLine extends Duplex {
  readonly #taken: string[] = []
  #isReading = true
  #held: (() => void) | undefined

  override _read(): void {
    // The other end sends nothing.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const take = (): void => {
      this.#taken.push(chunk.toString('latin1'))
      done()
    }
    if (this.#isReading) take()
    else this.#held = take
  }

  /** All bytes that the other end has read up to now. */
  get taken(): string {
    return this.#taken.join('')
  }

  /** Resolves when the connection has ended. */
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

  /** Returns an answer on this connection whose head is already written. The test writes the body. */
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
