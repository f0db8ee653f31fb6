// One keep-alive connection that has at most one request in flight.
import { connect, type Socket } from 'node:net'
import { frameAnswer } from './answer.ts'

/** `body` is valid only during the call, because the buffer is reused. */
export type OnAnswer = (status: number, body: Buffer) => void

// All connections share one buffer: each answer is consumed before the next read.
const readInto = Buffer.allocUnsafe(64 * 1024)

export class Connection {
  readonly #socket: Socket
  readonly #onBroken: (cause: Error) => void
  #onAnswer: OnAnswer | undefined
  #partial: Buffer | undefined
  #closing = false

  private constructor(url: URL, onOpen: (connection: Connection) => void, onBroken: (cause: Error) => void) {
    this.#onBroken = onBroken
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: readInto,
        callback: (count, bytes) => {
          this.#read(Buffer.from(bytes.buffer, bytes.byteOffset, count))
          return true
        },
      },
    })
    this.#socket.once('connect', () => {
      onOpen(this)
    })
    this.#socket.on('error', onBroken)
    this.#socket.on('close', () => {
      if (!this.#closing) onBroken(new Error('the server closed a connection'))
    })
  }

  /** Calls `onBroken` if the connection ends before `close`. */
  static open(url: URL, onBroken: (cause: Error) => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      new Connection(url, resolve, (cause) => {
        reject(cause)
        onBroken(cause)
      })
    })
  }

  /** Sends a request. May be called only after the answer to the previous request. */
  send(request: Buffer, onAnswer: OnAnswer): void {
    this.#onAnswer = onAnswer
    this.#socket.write(request)
  }

  close(): void {
    this.#closing = true
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    const bytes = this.#partial === undefined ? chunk : Buffer.concat([this.#partial, chunk])
    try {
      const frame = frameAnswer(bytes)
      this.#partial = frame === undefined ? Buffer.from(bytes) : undefined
      if (frame === undefined) return
      if (frame.end !== bytes.length) throw new Error('the server sent more than one answer to one request')
      this.#onAnswer?.(frame.status, bytes.subarray(frame.bodyStart, frame.end))
    } catch (cause) {
      this.#onBroken(cause as Error)
    }
  }
}
