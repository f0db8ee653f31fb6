// A proxy in front of the token endpoint. A test can make it drop single answers, and it reports which process sent
// each request.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface TokenFront {
  readonly tokenUrl: string
  /** The number of requests up to now. */
  readonly requested: () => number
}

/** `drop` is called once the server has answered. If it returns true, the answer is not delivered. */
export async function aTokenFront(
  tokenUrl: string,
  drop: (request: { readonly number: number; readonly pid: number }) => boolean,
): Promise<TokenFront> {
  let requested = 0
  const front = createServer((request, response) => {
    const number = ++requested
    // The user agent of the client library names the process.
    const [, pid = '0'] = /\(.*:(\d+):[0-9a-f]+\)$/.exec(request.headers['user-agent'] ?? '') ?? []
    const headers = { authorization: request.headers.authorization ?? '' }
    void fetch(tokenUrl + new URL(request.url ?? '/', 'http://localhost').search, { method: 'POST', headers })
      .then(async (answer) => ({ status: answer.status, text: await answer.text() }))
      .then(
        ({ status, text }) => {
          if (drop({ number, pid: Number(pid) })) response.destroy()
          else response.writeHead(status, { 'content-type': 'application/json' }).end(text)
        },
        // To the caller a dropped answer looks like a server that has crashed.
        () => response.destroy(),
      )
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  onTestFinished(() => void (front.close(), front.closeAllConnections()))
  return {
    tokenUrl: `http://127.0.0.1:${String((front.address() as AddressInfo).port)}/v1/token`,
    requested: () => requested,
  }
}
