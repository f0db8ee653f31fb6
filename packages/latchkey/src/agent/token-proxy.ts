// A proxy for one upstream. It adds the token of one integration and scope to each request that it passes on.
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream'
import { TokenError, type TokenManager } from '@latchkey/client'
import { REASONS } from '@latchkey/protocol'
import type { AgentProxy } from './agent-config.ts'
import { answerJson, answerTokenError } from './agent-answers.ts'
import { leadsElsewhere, passedOn } from './proxy-headers.ts'
import { RequestCopy } from './request-copy.ts'

export interface ProxyPorts {
  readonly manager: TokenManager
  readonly onAnswer: (status: number) => void
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export interface RunningProxy {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): void
}

export function createTokenProxy({ upstream }: AgentProxy, { manager, onAnswer }: ProxyPorts): RunningProxy {
  const isTls = upstream.startsWith('https:')
  const { hostname, port, host } = new URL(upstream)
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const target = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? undefined : port, agent }

  const send = ({ request, response }: Exchange, body: RequestCopy, token: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = ['Host', host, ...passedOn(request), ...framing(request), 'Authorization', `Bearer ${token}`]
      const options = { ...target, method: request.method, path: request.url, headers }
      const onward = isTls ? httpsRequest(options) : httpRequest(options)
      // If the caller closes its connection, the request to the upstream is aborted.
      const giveUp = (): void => void onward.destroy()
      response.once('close', giveUp)
      onward.once('response', (answer) => {
        answer.once('end', () => {
          response.removeListener('close', giveUp)
          // If the upstream has answered before it has read the whole request, its connection cannot be reused.
          if (!onward.writableEnded) onward.destroy()
        })
        resolve(answer)
      })
      onward.on('error', reject)
      body.sendTo(onward)
    })

  const answerOf = async (exchange: Exchange): Promise<IncomingMessage> => {
    const body = new RequestCopy(exchange.request)
    const token = await manager.getToken()
    const answer = await send(exchange, body, token)
    if (answer.statusCode !== 401) return answer
    const reason = REASONS.find((known) => known === answer.headers['latchkey-reason'])
    const [next, isWhole] = await Promise.all([manager.replaceRefused(token, reason), body.whole()])
    if (next === undefined || !isWhole) return answer
    answer.resume()
    return send(exchange, body, next)
  }

  return {
    async handle(request, response) {
      if (!(request.url ?? '').startsWith('/')) {
        const error_description = 'This is a proxy for one upstream: send a path, not a URL.'
        answerJson(response, 400, {
          body: { error: 'invalid_request', error_description },
          headers: { connection: 'close' },
        })
        return
      }
      // RFC 9110 §9.3.8: the answer to a TRACE request contains the request, and would reveal the token.
      if (request.method === 'TRACE') {
        const error_description = 'The proxy does not pass TRACE on: the answer would show the token.'
        answerJson(response, 405, {
          body: { error: 'method_not_allowed', error_description },
          headers: { allow: PASSED_ON },
        })
        return
      }
      try {
        const answer = await answerOf({ request, response })
        onAnswer(passBack(answer, response, upstream))
      } catch (failure) {
        onAnswer(502)
        if (response.headersSent) response.destroy()
        else if (failure instanceof TokenError) answerTokenError(response, failure)
        else
          answerJson(response, 502, {
            body: { error: 'bad_gateway', error_description: 'The upstream did not answer.' },
          })
      }
    },
    close: () => {
      agent.destroy()
    },
  }
}

/**
 * The methods in the Allow header. The proxy passes on every method other than TRACE and CONNECT, even a method that is
 * not in this list.
 */
const PASSED_ON = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

// Returns the header that frames the body. A body without a Content-Length arrived in chunks (`ambiguityOf` rejects
// other requests), so it is sent in chunks. A Content-Length is passed on with the other headers.
const framing = ({ headers }: IncomingMessage): readonly string[] =>
  headers['transfer-encoding'] === undefined ? [] : ['Transfer-Encoding', 'chunked']

function passBack(answer: IncomingMessage, response: ServerResponse, upstream: string): number {
  const { statusCode = 502, headers } = answer
  const isRedirect = statusCode >= 300 && statusCode < 400
  if (isRedirect && leadsElsewhere(upstream, headers.location)) {
    answer.resume()
    const error_description = 'The upstream redirects to another host. The proxy does not send the token there.'
    answerJson(response, 502, { body: { error: 'foreign_redirect', error_description } })
    return 502
  }
  const back = passedOn(answer)
  // Rewrites a redirect within the upstream to a relative redirect, so that the caller stays at the proxy.
  if (isRedirect) {
    const at = back.findIndex((name) => name.toLowerCase() === 'location')
    if (at >= 0) back[at + 1] = withoutOrigin(back[at + 1] ?? '', upstream)
  }
  response.writeHead(statusCode, answer.statusMessage, back)
  pipeline(answer, response, () => undefined)
  return statusCode
}

function withoutOrigin(location: string, upstream: string): string {
  const { pathname, search, hash, origin } = new URL(location, upstream)
  return origin === upstream && URL.canParse(location) ? pathname + search + hash : location
}
