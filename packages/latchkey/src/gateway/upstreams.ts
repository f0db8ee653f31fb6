// The connections to the upstreams: kept open, verified, given up when the client is gone or the time is over.
import type { EventEmitter } from 'node:events'
import { Agent, type Dispatcher } from 'undici'
import type { GatewayTimeouts } from '../config/gateway-config.ts'
import { PROBLEMS, type Problem } from './problem.ts'

// Per origin. More than that wait for one; how many requests there can be at all is limited elsewhere.
const CONNECTIONS = 256

type Callback = (error: Error | null, data: Dispatcher.ResponseData) => void

/** What the proxy library sends its requests through. */
export class Upstreams {
  /** The library reads these two and sets them for each request. */
  readonly headersTimeout: number
  readonly bodyTimeout: number
  readonly #agent: Agent
  #gone: EventEmitter | undefined

  constructor({ connect, response, idle }: GatewayTimeouts) {
    this.headersTimeout = response
    this.bodyTimeout = idle
    this.#agent = new Agent({ connections: CONNECTIONS, pipelining: 1, connect: { timeout: connect } })
  }

  /** Every request that `send` makes before it returns ends when `gone` says `abort`. */
  within(gone: EventEmitter, send: () => void): void {
    this.#gone = gone
    try {
      send()
    } finally {
      this.#gone = undefined
    }
  }

  request(options: Dispatcher.RequestOptions, done: Callback): void {
    // An emitter costs a request a tenth of what a signal of the platform does.
    this.#agent.request(this.#gone === undefined ? options : { ...options, signal: this.#gone }, done)
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }
}

const LATE = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']
const BROKEN = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_HEADERS_OVERFLOW', 'HTTPParserError']

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
