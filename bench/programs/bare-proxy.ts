// A bare reverse proxy of node:http: it forwards requests and answers without a check.
import { Agent, createServer, request } from 'node:http'
import { pipeline } from 'node:stream'
import { answerJobs } from '../jobs.ts'
import { listenAnywhere } from '../listen-anywhere.ts'

export interface BareProxyJob {
  /** The origin of the upstream. */
  readonly upstream: string
}

/** Starts the proxy. The result of the job is the proxy's origin. */
answerJobs<BareProxyJob, string>(async ({ upstream }) => {
  const { hostname, port } = new URL(upstream)
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const onward = request({ agent, hostname, port, method, path: url, headers })
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      pipeline(answer, outgoing, () => undefined)
    })
    onward.once('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  return listenAnywhere(server)
})
