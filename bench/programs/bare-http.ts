// A bare node:http server: ignores the request and answers 200 with the given headers and body.
import { createServer } from 'node:http'
import { answerJobs } from '../jobs.ts'
import { listenAnywhere } from '../listen-anywhere.ts'

export interface BareHttpJob {
  /** The names and values of the headers, alternating. */
  readonly headers: readonly string[]
  /** The body. Empty unless it is given. */
  readonly body?: string
}

/** Starts the server. The result of the job is the server's origin. */
answerJobs<BareHttpJob, string>(async ({ headers, body = '' }) => {
  // The limits and timeouts of Latchkey's public listener.
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: 16 * 1024,
    requireHostHeader: false,
  })
  server.maxHeadersCount = 0
  server.on('request', (_request, response) => {
    response.writeHead(200, [...headers])
    response.end(body)
  })
  return listenAnywhere(server)
})
