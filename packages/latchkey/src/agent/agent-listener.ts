// A listener of the agent. It checks callers, handles faults and limits connections.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { limitListener, type ParserError } from '../connections/limit-listener.ts'
import type { Logger } from '../log.ts'
import type { AgentMetrics } from './agent-metrics.ts'
import { ambiguityOf } from './ambiguous.ts'
import { answerJson, rejectCaller } from './agent-answers.ts'
import type { CallerCheck } from './caller-check.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface AgentListenerPorts {
  readonly check: CallerCheck
  readonly handle: Handler
  readonly counts: ConnectionCounts
  readonly metrics: AgentMetrics
  readonly logger: Logger
}

/** Returns the HTTP server, which does not listen yet. */
export function createAgentListener({ check, handle, counts, metrics, logger }: AgentListenerPorts): Server {
  const work = (request: IncomingMessage, response: ServerResponse): void => {
    const why = ambiguityOf(request) ?? check(request)
    if (why !== undefined) {
      metrics.rejected.inc({ why })
      logger.warn({ event: 'agent.turned_away', reason: why }, 'the agent rejected a caller')
      rejectCaller(response, why)
      return
    }
    handle(request, response).catch((fault: unknown) => {
      logger.error({ event: 'agent.fault', err: fault }, 'the agent could not answer a request')
      if (response.headersSent) response.destroy()
      else
        answerJson(response, 500, { body: { error: 'server_error', error_description: 'See the log of the agent.' } })
    })
  }
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000 })
  // By default, Node.js silently drops all headers after the 2000th. A second Host header could be among the dropped
  // headers.
  server.maxHeadersCount = 0
  server.on('request', limitListener(server, { counts, work, answerError, onConnect: refuseTunnel }))
  return server
}

/** Rejects CONNECT, because a tunnel would bypass the agent. */
function refuseTunnel(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(405, { 'content-length': 0 }).end()
}

const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}

function answerError({ code = '' }: ParserError, socket: Socket): void {
  const status = STATUS_OF[code] ?? 400
  socket.end(
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}
