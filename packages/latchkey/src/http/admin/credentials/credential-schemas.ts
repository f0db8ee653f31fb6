// The documents of credentials in the admin API.
import { ASSERTION_ALGORITHMS } from '@latchkey/protocol'
import { Type } from 'typebox'
import type { ClientKey } from '../../../domain/credential.ts'
import { matcherMembers, REUSES, type TrustRule } from '../../../domain/trust-rule.ts'
import type { TrustedIssuer } from '../../../domain/trusted-issuer.ts'
import type { ListedCredential } from '../../../operations/list-credentials.ts'
import type { ClientKeys } from '../../../ports/client-keys.ts'
import { closed } from '../conventions/bodies.ts'
import { LastUseView, lastUseView } from '../conventions/last-use.ts'
import { RetirementView, retirementView } from '../conventions/retirement.ts'
import { Time, timeOrNull, TimeOrNull, timeView } from '../conventions/times.ts'
import { IntegrationParameters } from '../integrations/integration-schemas.ts'
import { MatcherBody } from './rule-body.ts'

const common = {
  status: Type.Enum(['active', 'ending', 'ended']),
  max_lifetime: Type.Integer({ description: 'The longest lifetime of an assertion, in seconds' }),
  created_at: Time,
  ends_at: TimeOrNull,
  last_used: LastUseView,
  safe_to_retire: RetirementView,
}

const KeyView = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['key']),
  kid: Type.String({ description: 'The key ID that an assertion names in its header' }),
  alg: Type.Enum([...ASSERTION_ALGORITHMS]),
  jwk: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()], {
    description: 'The public members of the key (RFC 7517). null after the key has ended',
  }),
  thumbprint: Type.Union([Type.String(), Type.Null()], {
    description: 'The RFC 7638 thumbprint of the key. null after the key has ended',
  }),
  ...common,
})

const RuleView = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['trust']),
  issuer: Type.String({ description: 'The name of the trusted issuer, or its id (iss_…) after its deletion' }),
  claims: Type.Array(MatcherBody, { description: 'All matchers must hold' }),
  reuse: Type.Enum([...REUSES]),
  ...common,
})

export const CredentialView = Type.Union([KeyView, RuleView])

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

export interface CredentialViewParts {
  readonly issuers: readonly TrustedIssuer[]
  readonly clientKeys: Pick<ClientKeys, 'thumbprint'>
}

export function credentialView(
  { credential, status, createdAt, lastUse, retirement }: ListedCredential,
  { issuers, clientKeys }: CredentialViewParts,
): Type.Static<typeof CredentialView> {
  const shared = {
    status,
    max_lifetime: credential.maxLifetimeSeconds,
    created_at: timeView(createdAt),
    ends_at: timeOrNull(credential.endsAt),
    last_used: lastUseView(lastUse),
    safe_to_retire: retirementView(retirement),
  }
  return credential.kind === 'key'
    ? { ...keyMembers(credential, clientKeys), ...shared }
    : { ...ruleMembers(credential, issuers), ...shared }
}

const keyMembers = ({ id, kind, kid, alg, jwk }: ClientKey, clientKeys: CredentialViewParts['clientKeys']) => ({
  ...{ id, kind, kid, alg },
  jwk: jwk === undefined ? null : { ...jwk },
  thumbprint: jwk === undefined ? null : clientKeys.thumbprint(jwk),
})

const ruleMembers = ({ id, kind, issuerId, matchers, reuse }: TrustRule, issuers: readonly TrustedIssuer[]) => ({
  ...{ id, kind },
  issuer: issuers.find((issuer) => issuer.id === issuerId)?.name ?? issuerId,
  claims: matchers.map(matcherMembers),
  reuse,
})
