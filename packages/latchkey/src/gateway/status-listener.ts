// Serves health checks and metrics on a separate listener, so that clients of the gateway cannot reach them.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Guard } from '@latchkey/guard'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { limitListener } from '../connections/limit-listener.ts'
import type { Measurements } from '../ports/measurements.ts'
import { answerClientError } from './client-error.ts'

export interface Health {
  readonly guard: Guard
  /** Returns true if the guard asks the server about tokens while its table of live tokens is out of date. */
  readonly judgesWithoutTable: () => boolean
  readonly isDraining: () => boolean
}

/** Returns the HTTP server, which does not listen yet. */
export function createStatusListener(health: Health, measurements: Measurements, counts: ConnectionCounts): Server {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 })
  const work = (request: IncomingMessage, response: ServerResponse): void => {
    const send = (status: number, type: string, body: string): void => {
      const headers = { 'content-type': type, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) }
      response.writeHead(status, headers).end(request.method === 'HEAD' ? '' : body)
    }
    const sendJson = (status: number, body: object): void => send(status, 'application/json', JSON.stringify(body))
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendJson(405, { status: 405 })
      return
    }
    switch (request.url?.split('?')[0]) {
      case '/livez':
        sendJson(200, { status: 'alive' })
        return
      case '/readyz':
        sendReadiness(health, sendJson)
        return
      case '/metrics':
        measurements.text().then(
          (text) => send(200, measurements.contentType, text),
          () => sendJson(500, { status: 500 }),
        )
        return
      default:
        sendJson(404, { status: 404 })
    }
  }
  server.on('request', limitListener(server, { counts, work, answerError: answerClientError }))
  return server
}

/** Answers /readyz. The gateway is ready if it can decide about tokens and does not drain. */
function sendReadiness(
  { guard, judgesWithoutTable, isDraining }: Health,
  send: (status: number, body: object) => void,
) {
  const { isReady, mode, keys } = guard.status()
  const isUsable = !isDraining() && (isReady || (keys > 0 && judgesWithoutTable()))
  send(isUsable ? 200 : 503, { status: isUsable ? 'ready' : 'not_ready', liveness: mode, local: isReady })
}
