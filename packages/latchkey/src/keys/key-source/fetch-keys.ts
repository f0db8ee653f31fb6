// Fetches the keys of a source: its JWK set (RFC 7517 §5). If the address of the set is in a discovery document (OpenID
// Connect Discovery 1.0 §4), fetches that document first.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { KeySourceFault } from '../../domain/key-source-fault.ts'
import { type Getting, httpsGet } from './https-get.ts'
import type { KeyLocation } from './key-source-settings.ts'

export type FetchedLocation = Exclude<KeyLocation, { readonly source: 'inline' }>

export interface FetchedSet {
  readonly keys: readonly unknown[]
  /** The number of seconds for which the server may use the keys without a new fetch. */
  readonly freshSeconds: number
}

const WHOLE_MILLISECONDS = 5000
const MOST_KEYS = 100
const USUAL_FRESH_SECONDS = 300
const LEAST_FRESH_SECONDS = 60
const MOST_FRESH_SECONDS = 3600

/** Resolves with the key set, or with the reason why the fetch failed. Never rejects. */
export async function fetchKeys(
  location: FetchedLocation,
  getting: Getting,
): Promise<Result<FetchedSet, KeySourceFault>> {
  const late = new AbortController()
  const cancel = getting.timers.after(WHOLE_MILLISECONDS, () => {
    late.abort()
  })
  try {
    const inTime = { ...getting, ended: AbortSignal.any([late.signal, getting.ended]) }
    const uri = location.source === 'jwks_uri' ? accept(location.uri) : await discover(location.issuer, inTime)
    return uri.ok ? await fetchSet(uri.value, inTime) : uri
  } catch {
    return refuse(late.signal.aborted ? 'answer_timeout' : 'connection_failed')
  } finally {
    cancel()
  }
}

/** Resolves with the `jwks_uri` of the issuer's discovery document. */
async function discover(issuer: string, getting: Getting): Promise<Result<string, KeySourceFault>> {
  // OpenID Connect Discovery 1.0 §4.1: a `/` at the end of the issuer is removed.
  const answer = await httpsGet(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, getting)
  if (!answer.ok) return answer
  const { issuer: named, jwks_uri: uri } = objectIn(answer.value.body) ?? {}
  if (typeof named !== 'string' || typeof uri !== 'string') return refuse('answer_malformed')
  // §4.3: the document must name the issuer from whose URL the server fetched it. Otherwise the document is about the
  // keys of another issuer.
  return named === issuer ? accept(uri) : refuse('issuer_differs')
}

async function fetchSet(uri: string, getting: Getting): Promise<Result<FetchedSet, KeySourceFault>> {
  const answer = await httpsGet(uri, getting)
  if (!answer.ok) return answer
  const { keys } = objectIn(answer.value.body) ?? {}
  if (!Array.isArray(keys)) return refuse('answer_malformed')
  if (keys.length > MOST_KEYS) return refuse('too_many_keys')
  return accept({ keys, freshSeconds: freshSeconds(answer.value.cacheControl) })
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/** Reads `max-age` (RFC 9111 §5.2.2.1) within the limits of this server. */
function freshSeconds(cacheControl: string | undefined): number {
  const [, seconds] = /(?:^|[\s,])max-age="?(\d{1,10})"?(?:$|[\s,])/i.exec(cacheControl ?? '') ?? []
  if (seconds === undefined) return USUAL_FRESH_SECONDS
  return Math.min(Math.max(Number(seconds), LEAST_FRESH_SECONDS), MOST_FRESH_SECONDS)
}
