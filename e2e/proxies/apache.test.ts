// examples/apache with Debian's Apache and its two modules: what they refuse, and which settings would let a superseded
// token through.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, MODEL, PREDICT } from '../integrations.ts'
import { type ApacheModule, openApache } from './apache.ts'
import { Deployment } from './deployment.ts'
import type { Change } from './proxy-process.ts'
import { EVERY_SPELLING, IDENTITY, identityIn } from './spellings.ts'
import { expectTraceHidesToken } from './trace.ts'

const USE_CASES = '/ai/usecase/v1/usecases'
const MODELS = '/customers/c1/ai/models'

const deploy = (verifier: ApacheModule, changes: readonly Change[] = []): Promise<Deployment> =>
  Deployment.start(async (places, server) => {
    const resourceServer = await createIntegration(server, { name: 'Apache', resource_server: true })
    return openApache(verifier, resourceServer, changes)(places)
  })

interface Variant {
  readonly verifier: ApacheModule
  readonly withoutTheSetting: Change
  readonly byKeysAlone: Change
}

const ENDPOINT = '127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357/v1'

const VARIANTS: readonly Variant[] = [
  {
    verifier: 'mod_auth_openidc',
    withoutTheSetting: ['OIDCOAuthTokenIntrospectionInterval -1', ''],
    byKeysAlone: [
      `OIDCOAuthIntrospectionEndpoint http://${ENDPOINT}/introspect`,
      `OIDCOAuthVerifyJwksUri http://${ENDPOINT}/keys`,
    ],
  },
  {
    verifier: 'mod_oauth2',
    withoutTheSetting: ['&expiry=0', ''],
    byKeysAlone: [
      `introspect http://${ENDPOINT}/introspect introspect.auth=client_secret_basic&client_id=CLIENT_ID&client_secret=CLIENT_SECRET&expiry=0`,
      `jwks_uri http://${ENDPOINT}/keys`,
    ],
  },
]

describe.skipIf(!has('apache2')).each(VARIANTS)('Apache with $verifier', (variant) => {
  const { verifier } = variant
  let deployment: Deployment

  beforeAll(async () => {
    deployment = await deploy(verifier)
  })
  afterAll(() => deployment.stop())

  const identity = () => [
    ['x-latchkey-client-id', deployment.integration.clientId],
    ['x-latchkey-jti', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['x-latchkey-scope', PREDICT],
  ]

  test('a live token passes, and the API gets the identity and never the token', async () => {
    const token = await deployment.newToken(PREDICT)
    const { answer, received } = await deployment.ask({ target: USE_CASES, token })
    expect(answer.status).toBe(200)
    const arrived = received[0]?.headers ?? []
    expect(identityIn(arrived)).toEqual(identity())
    expect(JSON.stringify(arrived)).not.toContain(token)
  })

  test('identity headers that a caller sends never reach the API, however they are spelt', async () => {
    const token = await deployment.newToken(PREDICT)
    const headers = EVERY_SPELLING.map((name) => [name, 'somebody-else'] as const)
    const { answer, received } = await deployment.ask({ target: USE_CASES, token, headers: [...headers, ...headers] })
    expect(answer.status).toBe(200)
    expect(identityIn(received[0]?.headers ?? [])).toEqual(identity())
  })

  test('a caller cannot remove identity headers by naming them in the header Connection', async () => {
    const token = await deployment.newToken(PREDICT)
    const headers = [['Connection', `close, ${IDENTITY.join(', ')}`]] as const
    const { received } = await deployment.ask({ target: USE_CASES, token, headers })
    for (const request of received) expect(identityIn(request.headers)).toEqual(identity())
  })

  test('a superseded token is refused from the very next request on, five times in a row', async () => {
    const older = await deployment.newToken(PREDICT)
    expect((await deployment.ask({ target: USE_CASES, token: older })).answer.status).toBe(200)
    for (let round = 0; round < 5; round++) {
      const newer = await deployment.newToken(PREDICT)
      const { answer, received } = await deployment.ask({ target: USE_CASES, token: older })
      expect(answer.status).toBe(401)
      expect(answer.all('www-authenticate')[0]).toMatch(/^Bearer .*error="invalid_token"/)
      expect(received).toEqual([])
      expect((await deployment.ask({ target: USE_CASES, token: newer })).answer.status).toBe(200)
    }
  })

  test('a body of 1 MB arrives complete if the token is live, and does not arrive if the token has ended', async () => {
    const dead = await deployment.newToken(PREDICT)
    const token = await deployment.newToken(PREDICT)
    const question = { method: 'POST', target: '/ai/prediction/v1/predict', body: Buffer.alloc(1024 * 1024, 'x') }
    const accepted = await deployment.ask({ ...question, token })
    expect(accepted.answer.status).toBe(200)
    expect(accepted.received).toMatchObject([{ method: 'POST', bytes: question.body.length }])
    const refused = await deployment.ask({ ...question, token: dead })
    expect(refused.answer.status).toBe(401)
    expect(refused.received).toEqual([])
  })

  test('TRACE shows the token to no caller, and reaches no API without a token', async () => {
    await expectTraceHidesToken(deployment, USE_CASES, await deployment.newToken(PREDICT))
  })

  test('two Authorization headers are refused', async () => {
    const token = await deployment.newToken(PREDICT)
    const headers = [token, 'garbage'].map((text) => ['Authorization', `Bearer ${text}`] as const)
    for (const order of [headers, [...headers].reverse()]) {
      const { answer, received } = await deployment.ask({ target: USE_CASES, headers: order })
      expect(answer.status).toBe(401)
      expect(received).toEqual([])
    }
  })

  test('a request without a token, with garbage, with a token of the other scope or with an ambiguous path does not pass', async () => {
    const token = await deployment.newToken(PREDICT)
    for (const [question, statuses] of [
      [{ target: USE_CASES }, [401]],
      [{ target: USE_CASES, token: 'garbage' }, [401]],
      [{ target: MODELS, token }, [403]],
      [{ method: 'OPTIONS', target: USE_CASES }, [401, 405]],
      [{ target: '/customers/../ai/models', token }, [400]],
      [{ target: '/ai/..;/customers/c1/ai/models', token }, [400]],
    ] as const) {
      const { answer, received } = await deployment.ask(question)
      expect(statuses, question.target).toContain(answer.status)
      expect(received).toEqual([])
    }
    const model = await deployment.newToken(MODEL)
    expect((await deployment.ask({ target: MODELS, token: model })).answer.status).toBe(200)
  })

  test('without an authorization server no request passes', async () => {
    const alone = await deploy(verifier)
    onTestFinished(() => alone.stop())
    const token = await alone.newToken(PREDICT)
    expect((await alone.ask({ target: USE_CASES, token })).answer.status).toBe(200)
    await alone.server.stop()
    const { answer, received } = await alone.ask({ target: USE_CASES, token })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(received).toEqual([])
  })

  test.each([
    ['that keeps the answers of introspection, as it does by default,', variant.withoutTheSetting],
    ['that only checks signatures', variant.byKeysAlone],
  ])('a configuration %s lets a superseded token through: do not use it', async (_, change) => {
    const careless = await deploy(verifier, [change])
    onTestFinished(() => careless.stop())
    const older = await careless.newToken(PREDICT)
    expect((await careless.ask({ target: USE_CASES, token: older })).answer.status).toBe(200)
    await careless.newToken(PREDICT)
    expect((await careless.ask({ target: USE_CASES, token: older })).answer.status).toBe(200)
  })
})
