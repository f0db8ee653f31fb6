// Where tokens are requested: a given URL, or the one in the issuer's metadata (RFC 8414).
import { boundedText } from './bounded-text.ts'
import { networkError } from './network-error.ts'
import { TokenError } from './token-error.ts'

const LONGEST_WAIT_MS = 5000
const LONGEST_DOCUMENT = 256 * 1024
const WELL_KNOWN = '/.well-known/oauth-authorization-server'

/** The token endpoint of the issuer. Throws TokenError. */
export async function discoverTokenEndpoint(issuer: string): Promise<string> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname === '/' ? '' : pathname
  // RFC 8414 §3.1 puts the well-known part before the issuer's path. Many servers put it after the path.
  const document = (await readDocument(`${origin}${WELL_KNOWN}${path}`)) ?? (await readDocument(issuer + WELL_KNOWN))
  // RFC 8414 §3.3: a document that names another issuer must not be used.
  if (document?.['issuer'] !== issuer) throw unusable('does not exist, or names another issuer')
  const endpoint = document['token_endpoint']
  if (typeof endpoint !== 'string' || !isSafeUrl(endpoint)) throw unusable('has no token_endpoint that can be used')
  return endpoint
}

/** RFC 6749 §3.2 requires TLS. A loopback address is exempt, because no other machine can listen there. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
}

async function readDocument(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { response, text } = await get(url)
  if (response.status >= 500) {
    const said = `the request for the metadata of the issuer was answered with ${String(response.status)}`
    throw new TokenError('SERVER_UNAVAILABLE', said, { status: response.status })
  }
  if (!response.ok) return undefined
  try {
    const document: unknown = JSON.parse(text)
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : undefined
  } catch {
    return undefined // not JSON: the answer is from another program, for example the error page of a proxy
  }
}

async function get(url: string): Promise<{ readonly response: Response; readonly text: string }> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(LONGEST_WAIT_MS) })
    return { response, text: await boundedText(response, LONGEST_DOCUMENT) }
  } catch (cause) {
    throw networkError(cause)
  }
}

const unusable = (why: string): TokenError => new TokenError('UNUSABLE_ANSWER', `the metadata of the issuer ${why}`)
