// A program that is not Latchkey, at the address where a command expects its server.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Starts the program for the running test and returns its URL. */
export async function standIn(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<string> {
  const http = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    http.close()
  })
  return `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`
}

const PASSED_ON = ['authorization', 'content-type', 'if-match'] as const

/** Sends a request to the server at `origin`, and returns the answer of that server to the client. */
export async function forward(origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = PASSED_ON.flatMap((name): [string, string][] => {
    const value = request.headers[name]
    return value === undefined ? [] : [[name, value]]
  })
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
  const answer = await fetch(`${origin}${request.url ?? ''}`, {
    method: request.method ?? 'GET',
    headers,
    ...(body.length > 0 && { body }),
  })
  const etag = answer.headers.get('etag')
  const type = answer.headers.get('content-type') ?? ''
  response.writeHead(answer.status, { 'content-type': type, ...(etag !== null && { etag }) })
  response.end(Buffer.from(await answer.arrayBuffer()))
}
