// A public key in a request of the admin API.
import { Type } from 'typebox'
import { ASSERTION_LIFETIMES, USUAL_ASSERTION_LIFETIME } from '../../../domain/credential.ts'
import type { KeyRequest } from '../../../operations/new-client-key.ts'
import { closed } from '../conventions/bodies.ts'

/** A JWK may have further members, which the server ignores. */
const Jwk = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
  description: 'The public key as a JWK (RFC 7517): RSA of 2048, 3072 or 4096 bits, P-256 or Ed25519',
})

const key = {
  jwk: Jwk,
  max_lifetime: Type.Optional(
    Type.Integer({
      minimum: ASSERTION_LIFETIMES.least,
      maximum: ASSERTION_LIFETIMES.most,
      description: `The longest lifetime of an assertion, in seconds. Default: ${String(USUAL_ASSERTION_LIFETIME)}`,
    }),
  ),
}

export const KeyBody = Type.Object({ kind: Type.Enum(['key']), ...key }, closed)

/** A key in a manifest. It has no `kind`, because the list contains only keys. */
export const DeclaredKey = Type.Object(key, closed)

export const keyRequest = ({ jwk, max_lifetime: maxLifetimeSeconds }: Type.Static<typeof DeclaredKey>): KeyRequest => ({
  jwk,
  maxLifetimeSeconds,
})
