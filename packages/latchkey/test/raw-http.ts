// A client on a bare socket. It sends exactly the given bytes, whether they are well formed or not.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** All headers in the order of arrival. Headers of the same name are not merged. Names are in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export interface RawRequest {
  readonly method?: string
  /** The request target, exactly as sent in the request line. */
  readonly target: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** The body. It is sent with its Content-Length. */
  readonly body?: string | Buffer
}

/** Returns every value of the header `name`, which is in lower case. */
export const headersOf = (answer: RawAnswer, name: string): readonly string[] =>
  answer.headers.filter(([other]) => other === name).map(([, value]) => value)

/** Returns the value of the header. Undefined if the header is missing. Throws if the header came more than once. */
export function headerOf(answer: RawAnswer, name: string): string | undefined {
  const [value, ...others] = headersOf(answer, name)
  if (others.length > 0) throw new Error(`${name} came ${String(others.length + 1)} times`)
  return value
}

export const jsonOf = (answer: RawAnswer): Record<string, unknown> => JSON.parse(answer.body) as Record<string, unknown>

/** Returns the path of an endpoint below the issuer. */
export const under = (issuer: string, path: string): string => new URL(issuer).pathname + path

/**
 * Sends one request on a new connection, with the headers Host and Connection added. `more` may write further bytes
 * after the request.
 */
export async function ask(
  origin: string,
  request: RawRequest,
  more: (connection: RawConnection) => void = () => undefined,
): Promise<RawAnswer> {
  const connection = await RawConnection.open(origin)
  connection.write(requestBytes(origin, { ...request, headers: [['Connection', 'close'], ...(request.headers ?? [])] }))
  more(connection)
  try {
    return await connection.answer(request.method)
  } finally {
    connection.destroy()
  }
}

/** The bytes of a well-framed HTTP/1.1 request. */
export function requestBytes(origin: string, { method = 'POST', target, headers = [], body }: RawRequest): Buffer {
  const bytes = Buffer.from(body ?? '')
  const length: [string, string][] = body === undefined ? [] : [['Content-Length', String(bytes.length)]]
  const lines = [['Host', new URL(origin).host], ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), bytes])
}

export class RawConnection {
  /** Resolves when the server has closed the connection, cleanly or not. */
  readonly closed: Promise<unknown>
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    for (const event of ['end', 'error', 'close']) socket.on(event, () => this.#wake())
  }

  static open(origin: string): Promise<RawConnection> {
    return RawConnection.#open(origin, { noDelay: true })
  }

  /** The client keeps its side of the connection open after the server has closed the other side. */
  static openHalf(origin: string): Promise<RawConnection> {
    return RawConnection.#open(origin, { allowHalfOpen: true })
  }

  static async #open(origin: string, options: { readonly noDelay?: true; readonly allowHalfOpen?: true }) {
    const { hostname, port } = new URL(origin)
    const socket = connect({ host: hostname, port: Number(port), ...options })
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  /** Text is sent as Latin-1, one byte for each character. */
  write(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /**
   * Reads the next answer to a request with this method. Rejects if the connection ends before the answer is complete.
   */
  async answer(method = 'POST'): Promise<RawAnswer> {
    for (;;) {
      const parsed = parse(this.#received, method)
      if (parsed !== undefined) {
        this.#received = this.#received.subarray(parsed.length)
        return parsed.answer
      }
      if (this.#socket.readableEnded || this.#socket.destroyed) {
        throw new Error(`the connection ended after ${String(this.#received.length)} bytes of an answer`)
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function parse(bytes: Buffer, method: string): { readonly answer: RawAnswer; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1])
  const hasBody = method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304
  const announced = headers.find(([name]) => name === 'content-length')?.[1]
  const length = end + 4 + (hasBody ? Number(announced) : 0)
  // Every answer of the server states its length, so a missing length is an error.
  if (Number.isNaN(status) || Number.isNaN(length)) throw new Error(`not an answer: ${statusLine}`)
  if (bytes.length < length) return undefined
  return { answer: { status, headers, body: bytes.toString('utf8', end + 4, length) }, length }
}
