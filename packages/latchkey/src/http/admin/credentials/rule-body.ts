// A trust rule in a request of the admin API.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { Type } from 'typebox'
import {
  type ClaimMatcher,
  MAX_CLAIM_DEPTH,
  MAX_MATCHERS,
  MAX_NOTE_LENGTH,
  PLATFORM_LIFETIMES,
  REUSES,
  USUAL_PLATFORM_LIFETIME,
} from '../../../domain/trust-rule.ts'
import type { RuleRequest } from '../../../operations/new-trust-rule.ts'
import { closed } from '../conventions/bodies.ts'
import { readTime, Time } from '../conventions/times.ts'
import { type Problem, unusableMember } from '../problems/problem.ts'

export const MatcherBody = Type.Object(
  {
    claim: Type.Array(Type.String({ maxLength: 128 }), {
      minItems: 1,
      maxItems: MAX_CLAIM_DEPTH,
      description: 'The names that lead to the claim, from the outermost object inward',
    }),
    equals: Type.Optional(
      Type.String({
        description:
          'The claim equals this text. An integer or boolean claim is compared in its JSON form, such as true',
      }),
    ),
    one_of: Type.Optional(Type.Array(Type.String(), { description: 'The claim is one of these texts' })),
    prefix: Type.Optional(
      Type.String({ description: 'The claim begins with this text and is longer. It must end in / or :' }),
    ),
    present: Type.Optional(Type.Literal(true, { description: 'The claim is a text that is not empty' })),
  },
  closed,
)

const rule = {
  issuer: Type.String({ maxLength: 64, description: 'The name or the id of the trusted issuer' }),
  claims: Type.Array(MatcherBody, { maxItems: MAX_MATCHERS, description: 'All matchers must hold' }),
  reuse: Type.Optional(
    Type.Enum([...REUSES], {
      description: 'How often one assertion can authenticate the client. Default: until_expiry',
    }),
  ),
  max_lifetime: Type.Optional(
    Type.Integer({
      minimum: PLATFORM_LIFETIMES.least,
      maximum: PLATFORM_LIFETIMES.most,
      description: `The longest lifetime of an assertion, in seconds. Default: ${String(USUAL_PLATFORM_LIFETIME)}`,
    }),
  ),
  note: Type.Optional(
    Type.String({ maxLength: MAX_NOTE_LENGTH, description: 'A note for operators. It has no effect on requests' }),
  ),
}

export const RuleBody = Type.Object({ kind: Type.Enum(['trust']), ...rule, expires_at: Type.Optional(Time) }, closed)

/** A rule in a manifest. A rule ends when the manifest no longer lists it, so the rule has no member for its end. */
export const DeclaredRule = Type.Object(rule, closed)

/** @param pointer the JSON pointer to the rule in the request */
export function ruleRequest(body: Type.Static<typeof RuleBody>, pointer = ''): Result<RuleRequest, Problem> {
  const endsAt = body.expires_at === undefined ? undefined : readTime(body.expires_at)
  if (body.expires_at !== undefined && endsAt === undefined) {
    return refuse(unusableMember(`${pointer}/expires_at`, 'must be an RFC 3339 time, such as 2027-01-31T12:00:00Z'))
  }
  return accept({ ...declaredRule(body), endsAt })
}

export const declaredRule = ({
  issuer,
  claims,
  reuse,
  max_lifetime: maxLifetimeSeconds,
  note,
}: Type.Static<typeof DeclaredRule>): RuleRequest => ({
  issuer,
  reuse,
  maxLifetimeSeconds,
  note,
  matchers: claims.map(matcherOf),
})

/** A matcher must have exactly one condition. If it has several or none, returns a matcher that every rule rejects. */
function matcherOf({ claim, equals, one_of: oneOf, prefix, present }: Type.Static<typeof MatcherBody>): ClaimMatcher {
  const given = [equals, oneOf, prefix, present].filter((member) => member !== undefined).length
  if (given !== 1) return { claim, oneOf: [] }
  if (equals !== undefined) return { claim, equals }
  if (oneOf !== undefined) return { claim, oneOf }
  return prefix === undefined ? { claim, present: true } : { claim, prefix }
}
