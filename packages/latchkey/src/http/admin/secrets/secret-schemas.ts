// The documents of secrets in the admin API.
import { Type } from 'typebox'
import type { ListedSecret } from '../../../operations/list-secrets.ts'
import { RetirementView, retirementView } from '../conventions/retirement.ts'
import { closed } from '../conventions/bodies.ts'
import { LastUseView, lastUseView } from '../conventions/last-use.ts'
import { Time, timeOrNull, TimeOrNull, timeView } from '../conventions/times.ts'
import { ImportedSecret, IntegrationParameters } from '../integrations/integration-schemas.ts'

export const DEFAULT_OVERLAP_SECONDS = 86_400
const LONGEST_OVERLAP_SECONDS = 30 * 86_400

export const SecretView = Type.Object({
  id: Type.String(),
  status: Type.Enum(['active', 'ending', 'ended']),
  origin: Type.Enum(['generated', 'imported']),
  created_at: Time,
  ends_at: TimeOrNull,
  revealable: Type.Boolean(),
  last_used: LastUseView,
  safe_to_retire: RetirementView,
})

export const RotationBody = Type.Union([
  Type.Null(),
  Type.Object(
    {
      overlap_seconds: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: LONGEST_OVERLAP_SECONDS,
          description: `How many seconds the earlier secrets stay valid. Default: ${String(DEFAULT_OVERLAP_SECONDS)}`,
        }),
      ),
      expires_at: Type.Optional(Time),
      revoke_tokens: Type.Optional(
        Type.Boolean({
          description: 'Whether the server also ends the live tokens of the integration. Default: false',
        }),
      ),
      imported_secret: Type.Optional(ImportedSecret),
      end_secret: Type.Optional(
        Type.String({
          maxLength: 64,
          description: 'The id of a secret that ends at once, in the same change. Required if two secrets are valid',
        }),
      ),
    },
    closed,
  ),
])

export const RotatedView = Type.Object({ ...SecretView.properties, client_secret: Type.Optional(Type.String()) })
export const RevealedView = Type.Object({ client_secret: Type.String() })
export const SecretParameters = Type.Object({
  ...IntegrationParameters.properties,
  secret: Type.String({ maxLength: 64 }),
})

export function secretView(secret: ListedSecret): Type.Static<typeof SecretView> {
  const { id, status, origin, createdAt, endsAt, isSealed, lastUse, retirement } = secret
  return {
    id,
    status,
    origin,
    created_at: timeView(createdAt),
    ends_at: timeOrNull(endsAt),
    revealable: isSealed,
    last_used: lastUseView(lastUse),
    safe_to_retire: retirementView(retirement),
  }
}
