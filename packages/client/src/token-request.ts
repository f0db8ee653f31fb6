// Sends one token request (RFC 6749 §4.4) and reads its answer. The body of an error has the form of RFC 6749 §5.2, or
// a member `errorCode`.
import { AssertionUnavailable, type ClientAuthentication, type RequestAuthentication } from '@latchkey/credentials'
import { boundedText } from './bounded-text.ts'
import { requestedWait } from './requested-wait.ts'
import { networkError } from './network-error.ts'
import { TokenError } from './token-error.ts'

export interface TokenRequest {
  readonly tokenUrl: string
  /** Makes the authentication of this request. */
  readonly authenticate: ClientAuthentication
  readonly proves: 'secret' | 'key' | 'assertion'
  /** The failure of the request that this one repeats. */
  readonly previous: TokenError | undefined
  readonly scope: string
  /** Where the request has its parameters. A secret is always in the Basic header, and an assertion in the body. */
  readonly parameters: 'query' | 'body'
  readonly userAgent: string
}

export interface TokenAnswer {
  readonly accessToken: string
  readonly expiresInSeconds: number
}

const LONGEST_WAIT_MS = 5000
const LONGEST_ANSWER = 64 * 1024
/** Servers commonly accept a clock difference of 30 s. */
const CLOCK_DIFFERENCE_SECONDS = 25
// The characters of a token in an Authorization header, RFC 6750 §2.1.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * Throws TokenError if the answer contains no token, or if there is no answer within 5 s. A refused secret is
 * `INVALID_CLIENT`, which is final. A refused assertion is `ASSERTION_REFUSED`, because the next one may be accepted.
 * If the client signed two refused assertions in a row and the clocks agree, the second one is `INVALID_CLIENT`.
 */
export async function requestToken(request: TokenRequest): Promise<TokenAnswer> {
  const { response, text } = await send(request)
  const body = parseObject(text)
  if (!response.ok) throw refusalOf(response, body, request)
  const { access_token: accessToken, token_type: type, expires_in: expiresIn } = body
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn
  if (typeof accessToken !== 'string' || !TOKEN.test(accessToken)) throw unusable('no access_token')
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') throw unusable('a token_type that is not Bearer')
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= 31_536_000)) throw unusable('no usable expires_in')
  return { accessToken, expiresInSeconds: seconds }
}

async function send(request: TokenRequest): Promise<{ readonly response: Response; readonly text: string }> {
  const { tokenUrl, scope, parameters, userAgent } = request
  const { authorization, form: proof } = await authenticationOf(request)
  const url = new URL(tokenUrl)
  const form = new URLSearchParams({ scope, grant_type: 'client_credentials' })
  if (parameters === 'query') for (const [name, value] of form) url.searchParams.set(name, value)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        ...(authorization !== undefined && { authorization: authorization.reveal() }),
        'cache-control': 'no-cache',
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': userAgent,
      },
      body: new URLSearchParams({ ...(parameters === 'body' && Object.fromEntries(form)), ...proof }).toString(),
      // Redirects are not followed: the credentials go only to the configured address.
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    })
    return { response, text: await boundedText(response, LONGEST_ANSWER) }
  } catch (cause) {
    throw networkError(cause)
  }
}

async function authenticationOf({ authenticate }: TokenRequest): Promise<RequestAuthentication> {
  try {
    return await authenticate()
  } catch (cause) {
    if (cause instanceof AssertionUnavailable) throw new TokenError('ASSERTION_UNAVAILABLE', cause.message, { cause })
    throw cause
  }
}

function refusalOf(
  response: Response,
  body: Readonly<Record<string, unknown>>,
  { proves, previous }: TokenRequest,
): TokenError {
  const { status } = response
  const serverError = codeIn(body['error']) ?? codeIn(body['errorCode'])
  const retryAfterMs = requestedWait(response.headers)
  const facts = {
    status,
    ...(serverError !== undefined && { serverError }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
  const named = serverError === undefined ? '' : ` ${serverError}`
  const said = `the token endpoint answered ${String(status)}${named}`
  const isDenied = serverError === 'invalid_client'
  if (proves === 'secret' && isDenied) {
    return new TokenError('INVALID_CLIENT', `${said}: wrong client ID or secret`, facts)
  }
  const clocks = proves !== 'secret' && (isDenied || status === 401) ? clockHint(response) : ''
  if (clocks === '' && isDenied && proves === 'key' && previous?.code === 'ASSERTION_REFUSED') {
    return new TokenError('INVALID_CLIENT', `${said}: wrong client ID or key`, facts)
  }
  if (clocks !== '' || isDenied) {
    return new TokenError('ASSERTION_REFUSED', `${said}: the assertion is not accepted${clocks}`, facts)
  }
  if (status === 429) return new TokenError('RATE_LIMITED', said, facts)
  if (status >= 500) return new TokenError('SERVER_UNAVAILABLE', said, facts)
  if (status < 400) return new TokenError('UNUSABLE_ANSWER', said, facts)
  return new TokenError(serverError === 'invalid_scope' ? 'INVALID_SCOPE' : 'REQUEST_REFUSED', said, facts)
}

/**
 * A server gives the same answer to an assertion with wrong times as to a forged assertion, so the error says how much
 * the clocks differ.
 */
function clockHint({ headers }: Response): string {
  const ahead = Math.round((Date.now() - Date.parse(headers.get('date') ?? '')) / 1000)
  if (Number.isNaN(ahead) || Math.abs(ahead) <= CLOCK_DIFFERENCE_SECONDS) return ''
  return `; the clock of this machine is ${String(Math.abs(ahead))} s ${ahead > 0 ? 'ahead of' : 'behind'} the server's`
}

const unusable = (what: string): TokenError =>
  new TokenError('UNUSABLE_ANSWER', `the answer of the token endpoint has ${what}`)

// The error contains the server's error code if that has the form of a code. It never contains the server's text, which
// may quote the request.
const codeIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[a-z][a-z_]{2,39}$/.test(value) ? value : undefined

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {} // the body is the page of a proxy or empty: only the status is known
  }
}
