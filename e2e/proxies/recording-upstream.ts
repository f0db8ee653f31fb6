// The API behind a proxy: it answers every request with 200 and records exactly what arrived.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly method: string
  /** The request target, exactly as in the request line. */
  readonly target: string
  /** The headers in the order received, with repeated headers. Names are in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly bytes: number
  /** The SHA-256 of the body, in hexadecimal. */
  readonly digest: string
}

export interface RecordingUpstream {
  readonly port: number
  /** Returns the requests received since the last call. */
  takeReceived(): readonly Received[]
  stop(): Promise<void>
}

export const FROM_THE_API = 'from the API'

export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  let received: Received[] = []
  const server = createServer((request, response) => {
    const hash = createHash('sha256')
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk)
      bytes += chunk.length
    })
    request.on('end', () => {
      const { method = '', url: target = '', rawHeaders } = request
      const headers = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
      )
      received.push({ method, target, headers, bytes, digest: hash.digest('hex') })
      response.writeHead(200, { 'Content-Type': 'text/plain' })
      response.end(FROM_THE_API)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    takeReceived: () => {
      const taken = received
      received = []
      return taken
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
