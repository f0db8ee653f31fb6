// The connections to the upstreams: kept open, verified, given up when the client is gone or the time is over.
import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { GatewayTimeouts } from '../config/gateway-config.ts'
import { PROBLEMS, type Problem } from './problem.ts'

// Per origin. More than that wait for one; how many requests there can be at all is limited elsewhere.
const CONNECTIONS = 256

export interface UpstreamRequest {
  readonly origin: string
  /** With its query. */
  readonly path: string
  readonly method: string
  /** Names and values in turn. */
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

  /** Sends a request once, and tells `handler` what comes of it. */
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

/** The body that a client sends was larger than allowed. */
export const BODY_TOO_LARGE = 'LATCHKEY_BODY_TOO_LARGE'

/** What to answer when a request to an upstream came to nothing. */
export function upstreamProblem(code: string): Problem {
  if (code === BODY_TOO_LARGE) return PROBLEMS.bodyTooLarge
  if (LATE.includes(code)) return PROBLEMS.late
  return BROKEN.includes(code) || code.startsWith('HPE_') ? PROBLEMS.broken : PROBLEMS.unreachable
}

/** The code of the error at the bottom of a chain of causes; its name where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.cause instanceof Error) return codeOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
