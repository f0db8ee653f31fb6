// A contention in the admin API: which callers supersede each other's tokens for one integration and scope, and what
// ends the contention.
import { Type } from 'typebox'
import { type Cure, curesOf, unconditionalAmong } from '../../../domain/contention.ts'
import type { ContendedSlot } from '../../../ports/activity-reports.ts'
import { Time, timeView } from '../conventions/times.ts'
import { usedCredential, usedCredentialView } from '../conventions/used-credential.ts'

export const ContentionView = Type.Object(
  {
    client_id: Type.String(),
    scope: Type.String(),
    kind: Type.Enum(['several_sources', 'one_source', 'refused_early'], {
      description:
        'one_source: a single caller requests a new token for each API call. refused_early: callers name the token to replace, and do so long before it expires. An API probably refuses a valid token',
    }),
    since: Time,
    supersessions: Type.Integer({
      description: 'How many tokens were superseded in the first half of their lifetime, since the contention began',
    }),
    last_supersession: Time,
    sources: Type.Array(
      Type.Object({
        address: Type.String(),
        user_agent: Type.String(),
        ...usedCredential,
        subject: Type.Union([Type.String(), Type.Null()], {
          description: 'The subject of the assertion of a platform. null for other credentials',
        }),
        conditional: Type.Boolean({
          description: 'Whether the last request of the caller named the token to replace',
        }),
        requests: Type.Integer(),
        last_seen: Time,
      }),
      { description: 'At most 8 callers, the most recently seen first' },
    ),
    cures: Type.Array(Type.Object({ code: Type.String(), what: Type.String() }), {
      description: 'The remedies, the best first',
    }),
  },
  {
    description:
      "Callers supersede each other's tokens for one integration and scope. A contention ends after five minutes without such a supersession",
  },
)

export type ContentionView = Type.Static<typeof ContentionView>

export const contentionView = (slot: ContendedSlot): ContentionView => ({
  client_id: slot.clientId,
  scope: slot.scope,
  kind: slot.kind,
  since: timeView(slot.since),
  supersessions: slot.supersessions,
  last_supersession: timeView(slot.lastSupersession),
  sources: slot.sources.map(({ address, userAgent, credentialId, subject, isConditional, requests, lastSeen }) => ({
    address,
    user_agent: userAgent,
    ...usedCredentialView(credentialId),
    subject: subject ?? null,
    conditional: isConditional,
    requests,
    last_seen: timeView(lastSeen),
  })),
  cures: curesOf(slot).map((code) => ({ code, what: code === 'name_the_token' ? nameTheToken(slot) : CURES[code] })),
})

function nameTheToken({ sources }: ContendedSlot): string {
  const addresses = [...new Set(unconditionalAmong(sources).map(({ address }) => address))].join(', ')
  return `Let the caller at ${addresses} say which token it replaces, with latchkey_replaces: other callers do.`
}

const CURES: Readonly<Record<Exclude<Cure, 'name_the_token'>, string>> = {
  separate_integrations: 'Give each caller its own integration: then each has its own live token.',
  keep_the_token: 'Let the caller keep its token until shortly before it expires.',
  stable_mode: 'Set the issue mode of the integration to stable: callers then get the live token again.',
  find_the_refusal:
    'Find the API that refuses the live token, and the reason in its answer: often it expects another audience.',
  agent: 'Let one token manager on each machine request the token for all of its processes.',
}
