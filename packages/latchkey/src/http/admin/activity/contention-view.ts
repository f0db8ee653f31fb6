// A contention in the admin API: which callers supersede each other's tokens in a slot, and what ends the contention.
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
        'one_source: a single caller requests a token for each call. refused_early: callers that name the token which they replace do so early, so an API probably refuses a good token',
    }),
    since: Time,
    supersessions: Type.Integer({
      description:
        'The number of supersessions since the start of the contention, of tokens in the first half of their lifetime',
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
          description: 'Whether its last request named the token that it replaces',
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
      "Callers supersede each other's tokens in one slot. A contention ends after five minutes without such a supersession",
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
