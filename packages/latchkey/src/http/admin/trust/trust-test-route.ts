// POST /admin/v1/trust/test: shows what the token endpoint would answer to the assertion of a platform, and why.
import { Type } from 'typebox'
import { testTrust, type TestTrustPorts, type TrustVerdict } from '../../../operations/test-trust.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed } from '../conventions/bodies.ts'
import { MatcherBody } from '../credentials/rule-body.ts'
import { matcherMembers } from '../../../domain/trust-rule.ts'
import { sendProblem } from '../problems/problem.ts'
import { ActorLimit } from '../secrets/actor-limit.ts'

export type TrustTestRoutePorts = TestTrustPorts

/** An assertion is at most 8,192 characters long. A longer text is reported as a check that failed. */
const LONGEST = 16_384

const MOST_TESTS = { most: 10, seconds: 60 }

export const TrustTestBody = Type.Object(
  {
    assertion: Type.String({
      minLength: 1,
      maxLength: LONGEST,
      description: 'The JWT. The server neither stores nor logs the JWT',
    }),
    integration: Type.Optional(
      Type.String({
        maxLength: 64,
        description:
          'The id or client ID of an integration. If it is missing, the check is that of a request without client_id',
      }),
    ),
  },
  closed,
)

export const TrustTestView = Type.Object({
  accepted: Type.Boolean({ description: 'True if the assertion authenticates an integration now' }),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'The reason of the refusal, as logs name it' }),
  client_id: Type.Union([Type.String(), Type.Null()], {
    description: 'The integration that the assertion authenticates',
  }),
  subject: Type.Union([Type.String(), Type.Null()], {
    description: 'The subject of the assertion. null if the signature is not valid',
  }),
  checks: Type.Array(
    Type.Object({ check: Type.String(), passed: Type.Boolean(), expected: Type.String(), found: Type.String() }),
    { description: 'The checks in the order of the token endpoint. Checks after a failed check may be missing' },
  ),
  rules: Type.Array(
    Type.Object({
      client_id: Type.String(),
      credential_id: Type.String(),
      claims: Type.Array(Type.Object({ ...MatcherBody.properties, passed: Type.Boolean(), found: Type.String() })),
    }),
  ),
})

export function addTrustTestRoute(app: AdminServer, ports: TrustTestRoutePorts): void {
  const limit = new ActorLimit(ports.clock, MOST_TESTS)
  app.post(
    '/admin/v1/trust/test',
    {
      schema: {
        summary: "Checks a platform's assertion as the token endpoint would. No token is issued and nothing is used up",
        tags: ['Trusted issuers'],
        body: TrustTestBody,
        response: { 200: TrustTestView },
        problems: ['too_many_requests'],
      },
    },
    async (request, reply) => {
      const wait = limit.take(actorOf(request).id)
      if (wait > 0) {
        void reply.header('retry-after', String(wait))
        return sendProblem(reply, {
          code: 'too_many_requests',
          detail: `An operator may make ${String(MOST_TESTS.most)} tests a minute. Wait ${String(wait)} seconds.`,
        })
      }
      const { assertion, integration } = request.body
      return reply.send(
        verdictView(await testTrust(ports, { assertion, integration, address: actorOf(request).address })),
      )
    },
  )
}

const verdictView = ({
  reason,
  clientId,
  subject,
  checks,
  rules,
}: TrustVerdict): Type.Static<typeof TrustTestView> => ({
  accepted: reason === undefined,
  reason: reason ?? null,
  client_id: clientId ?? null,
  subject: subject ?? null,
  checks: checks.map((check) => ({ ...check })),
  rules: rules.map(({ clientId: ruleOf, credentialId, matchers }) => ({
    client_id: ruleOf,
    credential_id: credentialId,
    claims: matchers.map(({ matcher, passed, found }) => ({ ...matcherMembers(matcher), passed, found })),
  })),
})
