// A bare reverse proxy of node:http and undici's dispatcher: it forwards requests and answers without a check.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type * as Undici from 'undici'
import type { Dispatcher } from 'undici'
import { answerJobs } from '../jobs.ts'
import { listenAnywhere } from '../listen-anywhere.ts'
import { PROGRAM } from '../servers/latchkey.ts'

// The version of undici that the gateway uses. The workspace may have another version.
const { Agent } = createRequire(PROGRAM)('undici') as typeof Undici

export interface BareDispatchJob {
  /** The origin of the upstream. */
  readonly upstream: string
}

/** Starts a proxy in front of the upstream. The result of the job is the proxy's origin. */
answerJobs<BareDispatchJob, string>(async ({ upstream }) => {
  const agent = new Agent({ connections: 256, pipelining: 1 })
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming
    const options = {
      origin: upstream,
      path: url,
      method: method as Dispatcher.HttpMethod,
      headers: withoutHop(headers),
      body: method === 'GET' ? null : incoming,
    }
    agent.dispatch(options, handlerFor(outgoing))
  })
  return listenAnywhere(server)
})

const handlerFor = (outgoing: ServerResponse): Dispatcher.DispatchHandler => ({
  onRequestStart: () => undefined,
  onResponseStart: (_controller, status, headers) => {
    outgoing.writeHead(status, withoutHop(headers))
  },
  onResponseData: (controller, chunk) => {
    if (outgoing.write(chunk)) return
    controller.pause()
    outgoing.once('drain', () => {
      controller.resume()
    })
  },
  onResponseEnd: () => {
    outgoing.end()
  },
  onResponseError: () => {
    outgoing.destroy()
  },
})

function withoutHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const passed = { ...headers }
  delete passed.connection
  return passed
}
