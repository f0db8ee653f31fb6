// The documents of secrets in the admin API.
import { Type } from 'typebox'
import type { Retirement } from '../../../domain/safe-to-retire.ts'
import type { ListedSecret } from '../../../operations/list-secrets.ts'
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
  safe_to_retire: Type.Object({ verdict: Type.Enum(['yes', 'no', 'unknown']), why: Type.String() }),
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
      revoke_tokens: Type.Optional(Type.Boolean({ description: 'Also ends the live tokens. Default: they stay' })),
      imported_secret: Type.Optional(ImportedSecret),
      end_secret: Type.Optional(
        Type.String({
          maxLength: 64,
          description: 'The id of a secret that ends at once, in the same change. Needed if two secrets work',
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
    safe_to_retire: RETIREMENTS[retirement],
  }
}

const RETIREMENTS = {
  ended_already: { verdict: 'yes', why: 'It has ended and authenticates nothing.' },
  replaced: { verdict: 'yes', why: 'It was not used for a day, and another secret was.' },
  only_secret: { verdict: 'no', why: 'It is the only secret that works. Rotate first.' },
  recently_used: { verdict: 'no', why: 'It was used within the last day.' },
  recently_made: {
    verdict: 'unknown',
    why: 'It was made within the last day and not used yet: the program may still be waiting for it.',
  },
  nothing_used_since: {
    verdict: 'unknown',
    why: 'It was not used for a day, but no other secret was used since either: the program may not have run.',
  },
} as const satisfies Record<Retirement, { readonly verdict: 'yes' | 'no' | 'unknown'; readonly why: string }>
