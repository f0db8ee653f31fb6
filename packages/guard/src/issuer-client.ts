// The requests to the authorization server, other than the feed: metadata, keys, introspection and the reason of a
// refusal.
import {
  AssertionUnavailable,
  type ClientAuthentication,
  createClientAuthentication,
  type RequestAuthentication,
} from '@latchkey/credentials'
import { REASONS, type Reason } from '@latchkey/protocol'
import { GuardError, guardErrorOf } from './guard-error.ts'
import { type GuardCredentials, type GuardOptions, isSafe } from './guard-options.ts'

export interface IssuerClient {
  /** The issuer's identifier, exactly as in the claim `iss` of its tokens. */
  readonly issuer: string
  /**
   * Returns the credentials that authenticate one request of the guard to the server. Undefined if the guard has no
   * integration of its own. Rejects with `GuardError`.
   */
  readonly authenticate: ClientAuthentication | undefined
  /** Returns the JWK set as received. Rejects with `GuardError`. */
  fetchKeys(): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Introspects a token (RFC 7662). Undefined if the token is not active. Rejects with `GuardError`. */
  introspect(token: string): Promise<Readonly<Record<string, unknown>> | undefined>
  /** Returns why the token is refused, or `live`. Rejects with `GuardError`. */
  explain(token: string): Promise<Reason | 'live'>
}

interface Endpoints {
  readonly keys: string
  readonly introspection: string
}

const LONGEST_ANSWER_MS = 5000

export function createIssuerClient(options: Pick<GuardOptions, 'issuer' | 'credentials'>): IssuerClient {
  const issuer = options.issuer.href.replace(/\/$/, '')
  const authenticate = options.credentials && authenticationOf(options.credentials, issuer)
  let discovered: Promise<Endpoints> | undefined
  const endpoints = (): Promise<Endpoints> => {
    discovered ??= discover(options.issuer, issuer).catch((cause: unknown) => {
      discovered = undefined
      throw cause
    })
    return discovered
  }
  return {
    issuer,
    authenticate,
    fetchKeys: async () => {
      const document = await readObject(await call((await endpoints()).keys))
      const keys = document['keys']
      if (!Array.isArray(keys)) throw new GuardError('ISSUER_MISMATCH', 'the key set has no keys')
      return keys.filter((key): key is Record<string, unknown> => typeof key === 'object' && key !== null)
    },
    introspect: async (token) => {
      if (authenticate === undefined) throw new GuardError('CREDENTIALS_REFUSED', 'the guard has no credentials')
      const { introspection } = await endpoints()
      const { authorization, form } = await authenticate()
      const response = await call(introspection, {
        method: 'POST',
        headers: authorization === undefined ? {} : { authorization: authorization.reveal() },
        body: new URLSearchParams({ token, ...form }),
      })
      const answer = await readObject(response)
      return answer['active'] === true ? answer : undefined
    },
    explain: async (token) => {
      const response = await request(`${issuer}/v1/verify`, { headers: { authorization: `Bearer ${token}` } })
      await readText(response)
      if (response.status === 200) return 'live'
      const reason = REASONS.find((known) => known === response.headers.get('latchkey-reason'))
      if (response.status !== 401 || reason === undefined) throw unexpected(response)
      return reason
    },
  }
}

/** The audience of the guard's own assertions is the issuer. */
function authenticationOf(credentials: GuardCredentials, audience: string): ClientAuthentication {
  const authenticate = createClientAuthentication(credentials, { clientId: credentials.clientId, audience })
  return async (): Promise<RequestAuthentication> => {
    try {
      return await authenticate()
    } catch (cause) {
      if (!(cause instanceof AssertionUnavailable)) throw cause
      throw new GuardError('CREDENTIALS_UNAVAILABLE', cause.message, { cause })
    }
  }
}

/**
 * RFC 8414 §3 puts the well-known part between host and path. §3.3 forbids the use of a document that names another
 * issuer.
 */
async function discover(url: URL, issuer: string): Promise<Endpoints> {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  const document = await readObject(await call(`${url.origin}/.well-known/oauth-authorization-server${path}`))
  const { jwks_uri: keys, introspection_endpoint: introspection } = document
  if (document['issuer'] !== issuer || typeof keys !== 'string' || typeof introspection !== 'string') {
    throw new GuardError('ISSUER_MISMATCH', `the metadata of ${issuer} name another issuer or lack an endpoint`)
  }
  if (!isSafeUrl(keys) || !isSafeUrl(introspection)) {
    throw new GuardError('ISSUER_MISMATCH', 'an endpoint in the metadata is neither https nor on loopback')
  }
  return { keys, introspection }
}

const isSafeUrl = (text: string): boolean => URL.canParse(text) && isSafe(new URL(text))

/** Rejects unless the answer is 200. */
async function call(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await request(url, init)
  if (response.status === 200) return response
  await readText(response)
  throw unexpected(response)
}

async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    // A redirect would send the guard's credentials to another server. With `manual`, fetch returns the redirect as an
    // answer, which the guard does not accept. Cloudflare Workers do not support `error`.
    return await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(LONGEST_ANSWER_MS) })
  } catch (cause) {
    throw guardErrorOf(cause)
  }
}

function unexpected({ status }: Response): GuardError {
  if (status === 401) return new GuardError('CREDENTIALS_REFUSED', "the guard's credentials are not accepted")
  if (status === 403) return new GuardError('RIGHT_MISSING', "the guard's integration has no resource-server right")
  if (status === 429 || status >= 500) {
    return new GuardError('ISSUER_UNREACHABLE', `the authorization server answered ${status}`)
  }
  return new GuardError('ISSUER_MISMATCH', `the authorization server answered ${status}`)
}

/** Rejects with `GuardError` if the answer is incomplete. */
const readText = (response: Response): Promise<string> =>
  response.text().catch((cause: unknown) => {
    throw guardErrorOf(cause)
  })

async function readObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(response)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (cause) {
    throw new GuardError('ISSUER_MISMATCH', 'the authorization server sent an answer that is not JSON', { cause })
  }
  throw new GuardError('ISSUER_MISMATCH', 'the answer of the authorization server is not a JSON object')
}
