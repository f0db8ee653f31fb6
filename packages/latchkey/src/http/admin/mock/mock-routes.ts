// /admin/v1/mock: the routes by which a test sets the clock of a mock, supersedes a token, plans faults, and gets the
// tokens of platforms.
import { Type } from 'typebox'
import { PLATFORMS } from '../../../domain/trusted-issuer.ts'
import { requestTrialToken } from '../../../operations/request-trial-token.ts'
import { ASSERTION_FAULTS, type MockControls, type PlannedFault } from '../../../ports/mock-controls.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed } from '../conventions/bodies.ts'
import { invalidRequest, sendProblem } from '../problems/problem.ts'
import { TokenName, tokenName } from '../tokens/token-schemas.ts'
import { trialProblem } from '../tokens/trial-problems.ts'
import { trialPorts, type TrialTokenRoutesPorts } from '../tokens/trial-token-routes.ts'
import { MOCK } from './mock-rules.ts'

const TEN_YEARS = 315_360_000

const Endpoint = Type.Enum(['token', 'introspect', 'revoke', 'verify', 'keys', 'metadata'])
const RetryAfter = Type.Integer({
  minimum: 0,
  maximum: 3600,
  description: 'The value of Retry-After in seconds. Default: 1',
})
const Delay = Type.Integer({ minimum: 1, maximum: 60_000, description: 'Milliseconds' })
const Times = Type.Integer({
  minimum: 1,
  maximum: 1000,
  description: 'The number of requests that get the fault. Default: 1',
})
const FaultBody = Type.Union([
  Type.Object(
    {
      endpoint: Endpoint,
      fault: Type.Enum(['429', '503']),
      times: Type.Optional(Times),
      retry_after_seconds: Type.Optional(RetryAfter),
    },
    closed,
  ),
  Type.Object(
    { endpoint: Endpoint, fault: Type.Literal('slow'), times: Type.Optional(Times), delay_milliseconds: Delay },
    closed,
  ),
  Type.Object({ endpoint: Endpoint, fault: Type.Literal('dropped'), times: Type.Optional(Times) }, closed),
])
const FaultView = Type.Object({
  endpoint: Endpoint,
  fault: Type.Enum(['429', '503', 'slow', 'dropped']),
  times: Type.Integer({ description: 'The number of requests that will still get the fault' }),
  retry_after_seconds: Type.Optional(Type.Integer()),
  delay_milliseconds: Type.Optional(Type.Integer()),
})
const MockView = Type.Object({
  now: Type.Integer({ description: 'Seconds since the epoch' }),
  clock_offset_seconds: Type.Integer({
    description: 'How many seconds the clock of the mock is ahead of the machine’s clock',
  }),
  faults: Type.Array(FaultView),
})
const ClockBody = Type.Object(
  {
    advance_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: TEN_YEARS,
        description: 'Moves the clocks forward by this many seconds, as if that time had passed',
      }),
    ),
    step_seconds: Type.Optional(
      Type.Integer({
        minimum: -TEN_YEARS,
        maximum: TEN_YEARS,
        description: 'Sets the wall clock forward or back. No time passes',
      }),
    ),
  },
  closed,
)
const SupersedeBody = Type.Object(
  { integration: Type.String({ maxLength: 128 }), scope: Type.String({ maxLength: 128 }) },
  closed,
)
const SupersedeView = Type.Object({
  ...TokenName.properties,
  kind: Type.Enum(['issued', 'reused'], {
    description: 'reused: the integration is in stable mode, so no token was superseded and the live token stays live',
  }),
  superseded: Type.Union([TokenName, Type.Null()]),
})
const AssertionBody = Type.Object(
  {
    platform: Type.Enum([...PLATFORMS]),
    claims: Type.Optional(
      Type.Record(Type.String({ maxLength: 256 }), Type.Unknown(), {
        description: 'Claims that replace the claims of the platform. null removes a claim',
      }),
    ),
    fault: Type.Optional(Type.Enum([...ASSERTION_FAULTS], { description: 'What is wrong with the assertion' })),
  },
  closed,
)
const AssertionView = Type.Object({
  assertion: Type.String(),
  jwks: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }),
})
const tags = ['Mock']

export interface MockRoutesPorts extends TrialTokenRoutesPorts {
  /** The issuer of this server. */
  readonly issuer: () => string
}

export function addMockRoutes(app: AdminServer, ports: MockRoutesPorts, controls: MockControls): void {
  addStateRoutes(app, controls)
  addSupersedeRoute(app, ports)
  addAssertionRoute(app, ports, controls)
}

function addStateRoutes(app: AdminServer, { clock, faults }: Pick<MockControls, 'clock' | 'faults'>): void {
  const state = () => ({
    now: clock.now(),
    clock_offset_seconds: clock.offsetSeconds,
    faults: faults.planned().map(faultView),
  })
  const answers = { 200: MockView }

  app.get(
    MOCK,
    { schema: { summary: 'Shows the clock of the mock and its planned faults', tags, response: answers } },
    async (_, reply) => reply.send(state()),
  )

  app.post(
    `${MOCK}/clock`,
    { schema: { summary: 'Lets time pass, or sets the wall clock', tags, body: ClockBody, response: answers } },
    async (request, reply) => {
      const { advance_seconds: advance, step_seconds: step } = request.body
      if ((advance === undefined) === (step === undefined))
        return sendProblem(reply, invalidRequest('Send either advance_seconds or step_seconds.'))
      if (advance !== undefined) clock.advance(advance)
      if (step !== undefined) clock.step(step)
      return reply.send(state())
    },
  )

  app.post(
    `${MOCK}/faults`,
    {
      schema: {
        summary: 'Plans a fault. It takes effect after the faults that are already planned for its endpoint',
        tags,
        body: FaultBody,
        response: answers,
      },
    },
    async (request, reply) => {
      faults.plan(plannedFault(request.body))
      return reply.send(state())
    },
  )

  app.delete(
    `${MOCK}/faults`,
    { schema: { summary: 'Removes all planned faults', tags, response: answers } },
    async (_, reply) => {
      faults.clear()
      return reply.send(state())
    },
  )
}

function addSupersedeRoute(app: AdminServer, ports: TrialTokenRoutesPorts): void {
  app.post(
    `${MOCK}/supersede`,
    {
      schema: {
        summary: 'Supersedes the live token, as a token request of another process would. No caller gets the new token',
        tags,
        body: SupersedeBody,
        response: { 201: SupersedeView },
        problems: ['unknown_integration', 'secret_not_kept', 'token_request_refused', 'too_many_requests'],
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { integration: id, scope } = request.body
      const taken = await requestTrialToken(trialPorts(ports), actor, { id, scope, proof: undefined })
      if (!taken.ok) return sendProblem(reply, trialProblem(taken.refusal, actor.address))
      const { address, userAgent } = actor
      ports.activity.issued({ ...taken.value, requester: { address, userAgent } })
      const { kind, token, superseded } = taken.value.issued
      return reply.code(201).send({
        ...tokenName(token),
        kind,
        superseded: superseded === undefined ? null : tokenName(superseded),
      })
    },
  )
}

function addAssertionRoute(
  app: AdminServer,
  { issuer: audience }: Pick<MockRoutesPorts, 'issuer'>,
  { issuer }: Pick<MockControls, 'issuer'>,
): void {
  app.post(
    `${MOCK}/assertions`,
    {
      schema: {
        summary: 'Signs the token that a platform would give to a workload',
        tags,
        body: AssertionBody,
        response: { 201: AssertionView },
      },
    },
    async (request, reply) => {
      const { platform, claims = {}, fault } = request.body
      const { assertion, keys } = await issuer.sign({ platform, claims, fault, audience: audience() })
      return reply.code(201).send({ assertion, jwks: { keys: keys.map((key) => ({ ...key })) } })
    },
  )
}

type FaultRequest = Type.Static<typeof FaultBody>

function plannedFault(body: FaultRequest): PlannedFault {
  const { endpoint, times = 1 } = body
  switch (body.fault) {
    case '429':
      return { endpoint, times, kind: 'too_many_requests', retryAfterSeconds: body.retry_after_seconds ?? 1 }
    case '503':
      return { endpoint, times, kind: 'unavailable', retryAfterSeconds: body.retry_after_seconds ?? 1 }
    case 'slow':
      return { endpoint, times, kind: 'slow', delayMilliseconds: body.delay_milliseconds }
    case 'dropped':
      return { endpoint, times, kind: 'dropped' }
  }
}

const FAULT_NAMES = { too_many_requests: '429', unavailable: '503', slow: 'slow', dropped: 'dropped' } as const

function faultView(fault: PlannedFault): Type.Static<typeof FaultView> {
  const { endpoint, times, kind } = fault
  const view = { endpoint, fault: FAULT_NAMES[kind], times }
  if (fault.kind === 'slow') return { ...view, delay_milliseconds: fault.delayMilliseconds }
  return fault.kind === 'dropped' ? view : { ...view, retry_after_seconds: fault.retryAfterSeconds }
}
