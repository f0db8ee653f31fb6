// The `jwks_uri` of a client in a request of the admin API.
import { ASSERTION_ALGORITHMS } from '@latchkey/protocol'
import { type Static, Type } from 'typebox'
import { ASSERTION_LIFETIMES, USUAL_ASSERTION_LIFETIME } from '../../../domain/credential.ts'
import type { KeySourceRequest } from '../../../operations/new-key-source.ts'
import { closed } from '../conventions/bodies.ts'

const source = {
  uri: Type.String({
    maxLength: 2048,
    description: 'The https URL of the JWK set (RFC 7517). The server fetches it, and then fetches it again and again',
  }),
  algorithms: Type.Optional(
    Type.Array(Type.Enum([...ASSERTION_ALGORITHMS]), {
      minItems: 1,
      uniqueItems: true,
      description: `The algorithms with which the client may sign. Default: ${ASSERTION_ALGORITHMS.join(', ')}`,
    }),
  ),
  max_lifetime: Type.Optional(
    Type.Integer({
      minimum: ASSERTION_LIFETIMES.least,
      maximum: ASSERTION_LIFETIMES.most,
      description: `The longest lifetime of an assertion, in seconds. Default: ${String(USUAL_ASSERTION_LIFETIME)}`,
    }),
  ),
}

export const KeySourceBody = Type.Object({ kind: Type.Enum(['jwks_uri']), ...source }, closed)

/** The `jwks_uri` of an integration in a manifest. */
export const DeclaredKeySource = Type.Object(source, closed)

export const keySourceRequest = ({
  uri,
  algorithms,
  max_lifetime: maxLifetimeSeconds,
}: Static<typeof DeclaredKeySource>): KeySourceRequest => ({ uri, algorithms, maxLifetimeSeconds })
