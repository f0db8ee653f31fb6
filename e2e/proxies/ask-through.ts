// A caller in front of a proxy. It sends the request target and the headers exactly as given.
import { type Agent, request } from 'node:http'

export interface Question {
  readonly method?: string
  /** The request target, exactly as in the request line. */
  readonly target: string
  /** A header may occur several times: a second Authorization header is a second entry. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly token?: string
  readonly body?: Buffer
  /** Sends the body in chunks, without Content-Length. */
  readonly isChunked?: true
  /** Sends several requests on one connection. Without an agent each request has its own connection. */
  readonly agent?: Agent
  /** The local address of the caller: on Linux any address of 127.0.0.0/8 belongs to this machine. */
  readonly from?: string
}

export interface Answer {
  readonly status: number
  /** Every value of one header. `name` is in lower case. */
  all(name: string): readonly string[]
  readonly body: string
}

const LONGEST_WAIT_MS = 60_000

/**
 * Sends a request and returns the answer, whatever its status is. Rejects if the connection ends before there is an
 * answer.
 */
export function askThrough(origin: string, question: Question): Promise<Answer> {
  const { method = 'GET', target, headers = [], token, body, isChunked, agent, from } = question
  const { hostname, port, host } = new URL(origin)
  const sent = [['Host', host], ...headers, ...(token === undefined ? [] : [['Authorization', `Bearer ${token}`]])]
  if (isChunked === true) sent.push(['Transfer-Encoding', 'chunked'])
  else if (body !== undefined) sent.push(['Content-Length', String(body.length)])
  return new Promise((resolve, reject) => {
    let hasAnswer = false
    const outgoing = request(
      {
        ...{ hostname, port, method, path: target, headers: sent.flat(), agent: agent ?? false },
        ...(from !== undefined && { localAddress: from }),
      },
      (incoming) => {
        hasAnswer = true
        const { statusCode: status = 0, rawHeaders } = incoming
        const all = (name: string): readonly string[] =>
          rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          resolve({ status, all, body: Buffer.concat(chunks).toString('utf8') })
        })
      },
    )
    outgoing.setTimeout(LONGEST_WAIT_MS, () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', (cause) => {
      // A proxy that refuses a request need not read the rest of the body, so an error after the answer does not
      // matter.
      if (!hasAnswer) reject(cause)
    })
    outgoing.end(body)
  })
}
