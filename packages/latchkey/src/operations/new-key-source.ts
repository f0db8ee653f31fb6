// Checks a `jwks_uri` that an operator sent, and makes a credential from it.
import { accept, ASSERTION_ALGORITHMS, refuse, type Result } from '@latchkey/protocol'
import { type ClientKeySource, USUAL_ASSERTION_LIFETIME } from '../domain/credential.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import { isJwksUri } from '../domain/trusted-issuer.ts'
import type { Random } from '../ports/random.ts'
import { identifier } from './identifier.ts'

export interface KeySourceRequest {
  readonly uri: string
  /** The algorithms of assertions. Default: all algorithms that the server accepts for the keys of clients. */
  readonly algorithms?: readonly string[] | undefined
  /** The longest lifetime of an assertion, in seconds. Default: 300. */
  readonly maxLifetimeSeconds?: number | undefined
}

/** Checks the URL. Returns the credential, with a new id. Fetches nothing. */
export function newKeySource(
  { random }: { readonly random: Random },
  { uri, algorithms = ASSERTION_ALGORITHMS, maxLifetimeSeconds = USUAL_ASSERTION_LIFETIME }: KeySourceRequest,
  now: EpochSeconds,
): Result<ClientKeySource, 'jwks_uri_unusable'> {
  if (!isJwksUri(uri)) return refuse('jwks_uri_unusable')
  const id = `src_${identifier(random, now)}`
  return accept({ kind: 'jwks_uri', id, uri, algorithms, maxLifetimeSeconds, endsAt: undefined, hasEnded: false })
}

/** The members of a new `jwks_uri` credential that the audit trail records. */
export const auditedKeySource = (source: ClientKeySource) => ({
  credential_id: source.id,
  kind: 'jwks_uri',
  ...keySourceFacts(source),
})

/** Returns the members by which an operator can identify a `jwks_uri` credential. */
export const keySourceFacts = ({ uri, algorithms, maxLifetimeSeconds }: ClientKeySource) => ({
  uri,
  algorithms: [...algorithms],
  max_lifetime: maxLifetimeSeconds,
})
