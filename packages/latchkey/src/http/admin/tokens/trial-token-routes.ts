// The routes by which an operator requests a token in place of a client, and sees the verdict on a token.
import { Secret } from '@latchkey/protocol'
import { Type } from 'typebox'
import { requestTrialToken, type TrialPorts, type TrialProof } from '../../../operations/request-trial-token.ts'
import { verifyToken, type VerifyTokenPorts } from '../../../operations/verify-token.ts'
import type { Activity } from '../../../ports/activity.ts'
import type { ClientKeySources } from '../../../ports/client-key-sources.ts'
import type { FailedAuthentications } from '../../../ports/failed-authentications.ts'
import type { TrustedIssuerKeys } from '../../../ports/trusted-issuer-keys.ts'
import type { TrustedIssuers } from '../../../ports/trusted-issuers.ts'
import { verifyAnswer } from '../../public/verify-answer.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed } from '../conventions/bodies.ts'
import { INTEGRATIONS } from '../integrations/integration-schemas.ts'
import { sendProblem } from '../problems/problem.ts'
import { SlotParameters, TokenName, tokenName } from './token-schemas.ts'
import { trialProblem } from './trial-problems.ts'

type LaterPorts = 'slots' | 'issuer'
type WiderPorts = 'clientKeySources' | 'failures' | 'trustedIssuers' | 'trustedIssuerKeys'

export interface TrialTokenRoutesPorts extends Omit<TrialPorts, LaterPorts | WiderPorts> {
  readonly activity: Activity
  readonly clientKeySources: ClientKeySources
  readonly trustedIssuers: TrustedIssuers
  readonly trustedIssuerKeys: TrustedIssuerKeys
  readonly failures: FailedAuthentications
  /** Returns the issuer of this server. */
  readonly issuer: () => string
  /** The ports that check a token. The server can make them only after the public listener has its port number. */
  readonly tokens: () => Pick<VerifyTokenPorts, 'slots' | 'signatures'>
}

/** Returns the ports of a trial. Call it only after the public listener has its port number. */
export const trialPorts = (ports: TrialTokenRoutesPorts): TrialPorts & Pick<VerifyTokenPorts, 'signatures'> => ({
  ...{ ...ports, ...ports.tokens() },
  issuer: ports.issuer(),
})

const LONGEST_SECRET = 512
/** An assertion is at most 8,192 characters long. A longer text is refused with the reason. */
const LONGEST_ASSERTION = 16_384
const LONGEST_TOKEN = 16_384

export const TrialBody = Type.Union([
  Type.Null(),
  Type.Object(
    {
      client_secret: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: LONGEST_SECRET,
          description: 'The secret to use. Default: the newest secret with a sealed copy, which is not shown',
        }),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      client_assertion: Type.String({
        minLength: 1,
        maxLength: LONGEST_ASSERTION,
        description:
          'The assertion that the client or its platform signed. The server neither stores nor logs it. Like a request of the client, the request uses up an assertion that works once',
      }),
    },
    closed,
  ),
])
export const TrialView = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'Whole seconds' }),
  scope: Type.String(),
  ...TokenName.properties,
  kind: Type.Enum(['issued', 'reused'], {
    description: 'issued: a new token. reused: the integration is in stable mode, and the token was already live',
  }),
  superseded: Type.Union([TokenName, Type.Null()], { description: 'The token that the new token superseded' }),
})
export const VerifyBody = Type.Object(
  {
    token: Type.String({ minLength: 1, maxLength: LONGEST_TOKEN }),
    scope: Type.Optional(Type.String({ maxLength: 128, description: 'The scope that the API requires' })),
  },
  closed,
)
export const VerifyView = Type.Object({
  status: Type.Enum([200, 401, 403], { description: 'The HTTP status code with which the verify endpoint answered' }),
  reason: Type.Union([Type.String(), Type.Null()], {
    description: 'The Latchkey-Reason header of the verify endpoint',
  }),
  challenge: Type.Union([Type.String(), Type.Null()], {
    description: 'The WWW-Authenticate header of the verify endpoint',
  }),
})
const tags = ['Tokens']

/** @param body undefined for a request without a body */
function proofIn(body: Type.Static<typeof TrialBody> | undefined): TrialProof | undefined {
  if (body === null || body === undefined) return undefined
  if ('client_assertion' in body) return { assertion: body.client_assertion }
  return body.client_secret === undefined ? undefined : { clientSecret: new Secret(body.client_secret) }
}

export function addTrialTokenRoutes(app: AdminServer, ports: TrialTokenRoutesPorts): void {
  app.post(
    `${INTEGRATIONS}/:id/tokens/:scope`,
    {
      schema: {
        summary: 'Requests a token as the client would. The live token ends. The audit trail records the request',
        tags,
        params: SlotParameters,
        body: TrialBody,
        response: { 201: TrialView },
        problems: ['unknown_integration', 'secret_not_kept', 'token_request_refused', 'too_many_requests'],
      },
    },
    async (request, reply) => {
      const { id, scope } = request.params
      const actor = actorOf(request)
      const proof = proofIn(request.body)
      const granted = await requestTrialToken(trialPorts(ports), actor, { id, scope, proof })
      if (!granted.ok) {
        const { refusal } = granted
        if ('retryAfterSeconds' in refusal) void reply.header('retry-after', String(refusal.retryAfterSeconds))
        return sendProblem(reply, trialProblem(refusal, actor.address))
      }
      const { issued, expiresIn } = granted.value
      const { address, userAgent } = actor
      ports.activity.issued({ ...granted.value, requester: { address, userAgent } })
      return reply.code(201).send({
        access_token: issued.text,
        token_type: 'Bearer',
        expires_in: expiresIn,
        scope,
        ...tokenName(issued.token),
        kind: issued.kind,
        superseded: issued.superseded === undefined ? null : tokenName(issued.superseded),
      })
    },
  )

  app.post(
    '/admin/v1/tokens/verify',
    {
      schema: {
        summary: 'Shows how the verify endpoint answers a token. Does not count as a use of the token',
        tags,
        body: VerifyBody,
        response: { 200: VerifyView },
      },
    },
    async (request, reply) => {
      const { token, scope } = request.body
      const verdict = await verifyToken(trialPorts(ports), token)
      const query = scope === undefined ? '' : String(new URLSearchParams({ scope }))
      const { status, headers } = verifyAnswer(verdict, query)
      const header = (name: string): string | null => headers[headers.indexOf(name) + 1 || headers.length] ?? null
      return reply.send({
        status: status === 200 || status === 403 ? status : 401,
        reason: header('Latchkey-Reason'),
        challenge: header('WWW-Authenticate'),
      })
    },
  )
}
