// Checks a public key that an operator sent, and makes a credential from it.
import { accept, type Result } from '@latchkey/protocol'
import { type ClientKey, USUAL_ASSERTION_LIFETIME } from '../domain/credential.ts'
import type { ClientKeyFault, ClientKeys } from '../ports/client-keys.ts'
import type { Random } from '../ports/random.ts'
import { identifier } from './identifier.ts'

export interface NewKeyPorts {
  readonly clientKeys: ClientKeys
  readonly random: Random
}

/** A public key in the form in which an operator sends it. */
export interface KeyRequest {
  /** The public key as a JWK (RFC 7517). */
  readonly jwk: Readonly<Record<string, unknown>>
  /** The longest lifetime of an assertion, in seconds. Default: 300. */
  readonly maxLifetimeSeconds?: number | undefined
}

/** Checks the key. Returns the credential, with a new id. */
export function newClientKey(
  { clientKeys, random }: NewKeyPorts,
  { jwk, maxLifetimeSeconds = USUAL_ASSERTION_LIFETIME }: KeyRequest,
  now: number,
): Result<ClientKey, ClientKeyFault> {
  const given = clientKeys.read(jwk)
  if (!given.ok) return given
  const { kid, alg, jwk: members } = given.value
  const id = `key_${identifier(random, now)}`
  return accept({ kind: 'key', id, kid, alg, jwk: members, maxLifetimeSeconds, endsAt: undefined })
}

/** The members of a new key that the audit trail records. */
export const auditedKey = (clientKeys: ClientKeys, key: ClientKey) => ({
  credential_id: key.id,
  kind: 'key',
  ...keyFacts(clientKeys, key),
})

/** Returns the members by which an operator can identify a key, without the key itself. */
export const keyFacts = (clientKeys: ClientKeys, { kid, alg, jwk, maxLifetimeSeconds }: ClientKey) => ({
  ...{ kid, alg },
  thumbprint: jwk === undefined ? null : clientKeys.thumbprint(jwk),
  max_lifetime: maxLifetimeSeconds,
})
