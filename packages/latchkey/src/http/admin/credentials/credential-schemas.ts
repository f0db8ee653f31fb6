// The documents of credentials in the admin API.
import { ASSERTION_ALGORITHMS } from '@latchkey/protocol'
import { Type } from 'typebox'
import type { ClientKey, ClientKeySource } from '../../../domain/credential.ts'
import { matcherMembers, REUSES, type TrustRule } from '../../../domain/trust-rule.ts'
import type { TrustedIssuer } from '../../../domain/trusted-issuer.ts'
import type { ListedCredential } from '../../../operations/list-credentials.ts'
import type { ClientKeySources } from '../../../ports/client-key-sources.ts'
import type { ClientKeys } from '../../../ports/client-keys.ts'
import { closed } from '../conventions/bodies.ts'
import { LastUseView, lastUseView } from '../conventions/last-use.ts'
import { RetirementView, retirementView } from '../conventions/retirement.ts'
import { Time, timeOrNull, TimeOrNull, timeView } from '../conventions/times.ts'
import { IntegrationParameters } from '../integrations/integration-schemas.ts'
import { KeyStateView, keyStateView } from '../trust/trusted-issuer-schemas.ts'
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
  note: Type.Union([Type.String(), Type.Null()], { description: 'What an operator noted about the rule' }),
  ...common,
})

const KeySourceView = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['jwks_uri']),
  uri: Type.String({ description: 'The URL from which the server fetches the public keys of the client' }),
  algorithms: Type.Array(Type.String()),
  key_state: Type.Union([KeyStateView, Type.Null()], {
    description: 'The keys in the memory of this server. null after the jwks_uri has ended',
  }),
  ...common,
})

export const CredentialView = Type.Union([KeyView, KeySourceView, RuleView])

export const EndBody = Type.Union([
  Type.Null(),
  Type.Object(
    {
      revoke_tokens: Type.Optional(
        Type.Boolean({
          description: 'Whether the server also ends the live tokens of the integration. Default: false',
        }),
      ),
    },
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
  readonly clientKeySources: Pick<ClientKeySources, 'state'>
}

export function credentialView(
  { credential, status, createdAt, lastUse, retirement }: ListedCredential,
  { issuers, clientKeys, clientKeySources }: CredentialViewParts,
): Type.Static<typeof CredentialView> {
  const shared = {
    status,
    max_lifetime: credential.maxLifetimeSeconds,
    created_at: timeView(createdAt),
    ends_at: timeOrNull(credential.endsAt),
    last_used: lastUseView(lastUse),
    safe_to_retire: retirementView(retirement),
  }
  switch (credential.kind) {
    case 'key':
      return { ...keyMembers(credential, clientKeys), ...shared }
    case 'jwks_uri':
      return { ...keySourceMembers(credential, clientKeySources), ...shared }
    case 'trust':
      return { ...ruleMembers(credential, issuers), ...shared }
  }
}

function keySourceMembers(source: ClientKeySource, sources: CredentialViewParts['clientKeySources']) {
  const { id, kind, uri, algorithms } = source
  const state = sources.state(source)
  return { id, kind, uri, algorithms: [...algorithms], key_state: state === undefined ? null : keyStateView(state) }
}

const keyMembers = ({ id, kind, kid, alg, jwk }: ClientKey, clientKeys: CredentialViewParts['clientKeys']) => ({
  ...{ id, kind, kid, alg },
  jwk: jwk === undefined ? null : { ...jwk },
  thumbprint: jwk === undefined ? null : clientKeys.thumbprint(jwk),
})

const ruleMembers = ({ id, kind, issuerId, matchers, reuse, note }: TrustRule, issuers: readonly TrustedIssuer[]) => ({
  ...{ id, kind },
  issuer: issuers.find((issuer) => issuer.id === issuerId)?.name ?? issuerId,
  claims: matchers.map(matcherMembers),
  reuse,
  note: note ?? null,
})
