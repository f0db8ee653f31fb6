// A server on loopback in place of the endpoint at which GitHub Actions issues ID tokens.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished, vi } from 'vitest'

export interface GithubEndpoint {
  /** Method, URL and `Authorization` of each request so far. */
  readonly requests: (readonly [method: string, url: string, authorization: string])[]
}

/**
 * Starts the endpoint for the running test, and sets the two variables that GitHub sets in a job with the permission
 * `id-token: write`.
 */
export async function aGithubEndpoint(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<GithubEndpoint> {
  const requests: GithubEndpoint['requests'] = []
  const server = createServer((request, response) => {
    requests.push([request.method ?? '', request.url ?? '', request.headers.authorization ?? ''])
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    vi.unstubAllEnvs()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `http://127.0.0.1:${String(port)}/token?api-version=2.0`)
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'permission-of-the-job')
  return { requests }
}
