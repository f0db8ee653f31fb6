// One client of a running server, on one keep-alive connection. Its methods call the public endpoints.
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { Integration } from './integrations.ts'
import { PREDICT } from './integrations.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Call {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const FORM = 'application/x-www-form-urlencoded'

/** The address and user agent of a client. */
export interface Client {
  /** The local address of the client. On Linux any address of 127.0.0.0/8 belongs to this machine. */
  readonly address?: string
  readonly userAgent?: string
}

export class Connection {
  readonly #issuer: URL
  readonly #agent: Agent
  readonly #userAgent: string | undefined

  constructor({ issuer }: { readonly issuer: string }, { address, userAgent }: Client = {}) {
    this.#issuer = new URL(issuer)
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ...(address !== undefined && { localAddress: address }) })
    this.#userAgent = userAgent
  }

  /**
   * Sends a request. Rejects if the connection breaks before the answer is complete. `path` is relative to the issuer.
   */
  send({ method = 'POST', path, headers = {}, body = '' }: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port, pathname } = this.#issuer
      const sent = this.#userAgent === undefined ? headers : { 'user-agent': this.#userAgent, ...headers }
      const outgoing = request(
        { agent: this.#agent, hostname, port, path: `${pathname}${path}`, method, headers: sent },
        (incoming) => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', reject)
          incoming.on('end', () => {
            const { statusCode: status = 0, headers: answered } = incoming
            resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8') })
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  /** Sends the documented token request: parameters in the query, no body. */
  requestToken({ basic }: Pick<Integration, 'basic'>, scope = PREDICT): Promise<Answer> {
    const query = `scope=${encodeURIComponent(scope)}&grant_type=client_credentials`
    return this.send({ path: `/v1/token?${query}`, headers: { authorization: basic, 'content-type': FORM } })
  }

  verify(token: string, scope?: string): Promise<Answer> {
    const query = scope === undefined ? '' : `?scope=${encodeURIComponent(scope)}`
    return this.send({ method: 'GET', path: `/v1/verify${query}`, headers: { authorization: `Bearer ${token}` } })
  }

  introspect(caller: Pick<Integration, 'basic'>, token: string): Promise<Answer> {
    return this.#post('/v1/introspect', caller, { token })
  }

  revoke(caller: Pick<Integration, 'basic'>, token: string): Promise<Answer> {
    return this.#post('/v1/revoke', caller, { token })
  }

  /** Requests a token as documented. Throws unless the answer is 200. */
  async token(integration: Pick<Integration, 'basic'>, scope = PREDICT): Promise<string> {
    return accessToken(await this.requestToken(integration, scope))
  }

  close(): void {
    this.#agent.destroy()
  }

  #post(path: string, { basic }: Pick<Integration, 'basic'>, form: Record<string, string>): Promise<Answer> {
    const headers = { authorization: basic, 'content-type': FORM }
    return this.send({ path, headers, body: new URLSearchParams(form).toString() })
  }
}

/** Returns the token in an answer to a token request. Throws unless the status is 200. */
export function accessToken({ status, body }: Answer): string {
  if (status !== 200) throw new Error(`no token: ${status} ${body}`)
  return (JSON.parse(body) as { access_token: string }).access_token
}
