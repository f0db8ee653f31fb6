// A reverse proxy in front of the server. The proxy records requests, repeats them, and cuts connections.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HttpProxy {
  readonly url: string
  /** The port of the server. */
  target: number
  /** The requests so far, in the order of their arrival. */
  readonly requests: readonly RecordedRequest[]
  /** How often the proxy sends a request to the server. The client gets the last answer. Default: once. */
  times: (request: RecordedRequest) => number
  /** Ends all connections. */
  cut(): void
}

/** Starts a proxy, which ends with the running test. */
export async function anHttpProxy(): Promise<HttpProxy> {
  const requests: RecordedRequest[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url: path = '', headers } = request
      const recorded = { method, path, headers, body: (await buffer(request)).toString() }
      requests.push(recorded)
      for (let left = proxy.times(recorded); left > 1; left--) (await sendTo(proxy.target, recorded)).resume()
      const answer = await sendTo(proxy.target, recorded)
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      response.flushHeaders()
      answer.pipe(response)
      response.once('close', () => answer.destroy())
    })().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    server.closeAllConnections()
  }
  onTestFinished(() => {
    server.close()
    cut()
  })
  const proxy: HttpProxy = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    target: 0,
    requests,
    times: () => 1,
    cut,
  }
  return proxy
}

async function sendTo(port: number, { method, path, headers, body }: RecordedRequest): Promise<IncomingMessage> {
  const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return answer
}
