// The connections to the upstreams. They are kept alive, check TLS certificates, and abort requests that time out.
import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { GatewayTimeouts } from '../config/gateway-config.ts'
import { PROBLEMS, type Problem } from './problem.ts'

// The largest number of connections to one upstream origin. Further requests wait for a free connection. The setting
// limits.requests limits the number of all open requests.
const CONNECTIONS = 256

export interface UpstreamRequest {
  readonly origin: string
  /** The path with its query. */
  readonly path: string
  readonly method: string
  /** The headers, as an array of alternating names and values. */
  readonly headers: string[]
  readonly body: Readable | undefined
}

export class Upstreams {
  readonly #agent: Agent

  constructor({ connect, response, idle }: GatewayTimeouts) {
    this.#agent = new Agent({
      connections: CONNECTIONS,
      pipelining: 1,
      connect: { timeout: connect },
      headersTimeout: response,
      bodyTimeout: idle,
    })
  }

  /** Sends a request only once, without retries, and passes its outcome to `handler`. */
  send({ method, body, ...request }: UpstreamRequest, handler: Dispatcher.DispatchHandler): void {
    this.#agent.dispatch({ ...request, method, body: body ?? null }, handler)
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }
}

const LATE = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']
const BROKEN = [
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_HEADERS_OVERFLOW',
  'HTTPParserError',
  'ERR_INVALID_CHAR',
]

/** The code of the error for a request body that is larger than the limit. */
export const BODY_TOO_LARGE = 'LATCHKEY_BODY_TOO_LARGE'

/** Returns the problem that the client gets if the request to the upstream fails with this error code. */
export function upstreamProblem(code: string): Problem {
  if (code === BODY_TOO_LARGE) return PROBLEMS.bodyTooLarge
  if (LATE.includes(code)) return PROBLEMS.late
  return BROKEN.includes(code) || code.startsWith('HPE_') ? PROBLEMS.broken : PROBLEMS.unreachable
}

/** Returns the code of the innermost cause of an error, or the name of that cause if it has no code. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.cause instanceof Error) return codeOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
