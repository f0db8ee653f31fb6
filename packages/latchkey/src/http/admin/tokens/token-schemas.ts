// The documents of slots (an integration with a scope) and tokens in the admin API. No document contains the text of a
// token.
import { Type } from 'typebox'
import type { RecordedToken, Slot } from '../../../domain/slot.ts'
import type { IntegrationSummary } from '../../../ports/integrations.ts'
import type { RecordedIssuance, RecordedRequester } from '../../../ports/slot-views.ts'
import { pageOf } from '../conventions/paging.ts'
import { Time, timeView } from '../conventions/times.ts'
import { usedCredential, usedCredentialView } from '../conventions/used-credential.ts'
import { IntegrationParameters } from '../integrations/integration-schemas.ts'

const LiveTokenView = Type.Object({
  generation: Type.Integer(),
  jti: Type.String(),
  issued_at: Time,
  expires_at: Time,
  expires_in: Type.Integer({ description: 'The whole seconds until the expiry' }),
})

export const SlotView = Type.Object({
  client_id: Type.String(),
  integration_id: Type.String(),
  integration_name: Type.String(),
  scope: Type.String(),
  audience: Type.Union([Type.String(), Type.Null()], { description: 'The audience of the live token' }),
  generation: Type.Integer({
    description:
      'A number that grows with each change: each new token and each revocation of the integration and scope',
  }),
  live: Type.Union([LiveTokenView, Type.Null()]),
  in_grace: Type.Union([
    Type.Object({ generation: Type.Integer(), jti: Type.String(), accepted_until: Time }),
    Type.Null(),
  ]),
})

export const SlotPageView = Type.Object(pageOf(SlotView))

/** The workload that the assertion of a platform names. Null for other credentials. */
const subject = Type.Union([Type.String(), Type.Null()], {
  description:
    'The subject of the assertion of a platform, such as a pod or a workflow run. null for other credentials',
})

const RequesterView = Type.Object({ address: Type.String(), user_agent: Type.String(), ...usedCredential, subject })

const IssuanceView = Type.Object({
  generation: Type.Integer(),
  jti: Type.String(),
  issued_at: Time,
  requests: Type.Integer({ description: 'The number of requests that the issuance answered' }),
  requesters: Type.Array(RequesterView, { description: 'At most 8 different callers' }),
  handed_to: Type.Array(RequesterView, {
    description:
      'Other callers that got the same token later, because their requests named another token as the token to replace. requesters and handed_to together have at most 8 callers',
  }),
})

export const HistoryView = Type.Object({ ...SlotView.properties, history: Type.Array(IssuanceView) })
export const RevokedView = Type.Object({
  revoked: Type.Integer({ description: 'The number of live tokens that ended' }),
})
export const SlotParameters = Type.Object({
  ...IntegrationParameters.properties,
  scope: Type.String({ maxLength: 128 }),
})

export const TokenName = Type.Object({ jti: Type.String(), generation: Type.Integer() })

export const tokenName = ({ jti, generation }: RecordedToken): Type.Static<typeof TokenName> => ({ jti, generation })

export function slotView(
  { id, name, state }: IntegrationSummary,
  slot: Slot,
  now: number,
): Type.Static<typeof SlotView> {
  const { live, predecessor } = slot
  const isInGrace = predecessor !== undefined && now < Math.min(predecessor.until, predecessor.token.expiresAt)
  return {
    client_id: state.integration.clientId,
    integration_id: id,
    integration_name: name,
    scope: slot.scope,
    audience: live?.audience ?? null,
    generation: slot.generation,
    live: live === undefined ? null : liveView(live, now),
    in_grace: isInGrace
      ? {
          generation: predecessor.token.generation,
          jti: predecessor.token.jti,
          accepted_until: timeView(Math.min(predecessor.until, predecessor.token.expiresAt)),
        }
      : null,
  }
}

/**
 * Returns the document of a live token. Null if the token has expired. An expired token stays in its slot until the
 * next issuance.
 */
export function liveView({ generation, jti, issuedAt, expiresAt }: RecordedToken, now: number) {
  if (now >= expiresAt) return null
  return {
    generation,
    jti,
    issued_at: timeView(issuedAt),
    expires_at: timeView(expiresAt),
    expires_in: expiresAt - now,
  }
}

export const issuanceView = ({ generation, jti, issuedAt, requests, requesters, handedTo }: RecordedIssuance) => ({
  generation,
  jti,
  issued_at: timeView(issuedAt),
  requests,
  requesters: requesters.map(requesterView),
  handed_to: handedTo.map(requesterView),
})

const requesterView = ({ address, userAgent, credentialId, subject: proven }: RecordedRequester) => ({
  address,
  user_agent: userAgent,
  ...usedCredentialView(credentialId),
  subject: proven ?? null,
})
