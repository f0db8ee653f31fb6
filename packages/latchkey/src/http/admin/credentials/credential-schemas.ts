// The documents of credentials in the admin API.
import { ASSERTION_ALGORITHMS } from '@latchkey/protocol'
import { Type } from 'typebox'
import type { ListedCredential } from '../../../operations/list-credentials.ts'
import type { ClientKeys } from '../../../ports/client-keys.ts'
import { closed } from '../conventions/bodies.ts'
import { LastUseView, lastUseView } from '../conventions/last-use.ts'
import { RetirementView, retirementView } from '../conventions/retirement.ts'
import { Time, timeOrNull, TimeOrNull, timeView } from '../conventions/times.ts'
import { IntegrationParameters } from '../integrations/integration-schemas.ts'

export const CredentialView = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['key']),
  status: Type.Enum(['active', 'ending', 'ended']),
  kid: Type.String({ description: 'The key ID that an assertion names in its header' }),
  alg: Type.Enum([...ASSERTION_ALGORITHMS]),
  jwk: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()], {
    description: 'The public members of the key (RFC 7517). null after the key has ended',
  }),
  thumbprint: Type.Union([Type.String(), Type.Null()], {
    description: 'The RFC 7638 thumbprint of the key. null after the key has ended',
  }),
  max_lifetime: Type.Integer({ description: 'The longest lifetime of an assertion, in seconds' }),
  created_at: Time,
  ends_at: TimeOrNull,
  last_used: LastUseView,
  safe_to_retire: RetirementView,
})

export const EndBody = Type.Union([
  Type.Null(),
  Type.Object(
    { revoke_tokens: Type.Optional(Type.Boolean({ description: 'Also ends the live tokens. Default: they stay' })) },
    closed,
  ),
])

export const CredentialParameters = Type.Object({
  ...IntegrationParameters.properties,
  credential: Type.String({ maxLength: 64 }),
})

export function credentialView(
  { credential, status, createdAt, lastUse, retirement }: ListedCredential,
  clientKeys: Pick<ClientKeys, 'thumbprint'>,
): Type.Static<typeof CredentialView> {
  const { id, kind, kid, alg, jwk, maxLifetimeSeconds, endsAt } = credential
  return {
    ...{ id, kind, status, kid, alg },
    jwk: jwk === undefined ? null : { ...jwk },
    thumbprint: jwk === undefined ? null : clientKeys.thumbprint(jwk),
    max_lifetime: maxLifetimeSeconds,
    created_at: timeView(createdAt),
    ends_at: timeOrNull(endsAt),
    last_used: lastUseView(lastUse),
    safe_to_retire: retirementView(retirement),
  }
}
