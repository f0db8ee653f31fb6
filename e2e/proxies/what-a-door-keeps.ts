// The tests that every example of forward authentication must pass, with the real proxy, a real server and an API
// behind the proxy.
import { createHash, randomBytes } from 'node:crypto'
import { Agent } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEvents } from '../../packages/latchkey/test/event-reader.ts'
import { MODEL, PREDICT, readAdminKey } from '../integrations.ts'
import type { Answer } from './ask-through.ts'
import { Deployment } from './deployment.ts'
import { describeOutages } from './outages.ts'
import { describePaths } from './paths.ts'
import type { OpenDoor } from './proxy-process.ts'
import { FROM_THE_API } from './recording-upstream.ts'
import { EVERY_SPELLING, identityIn, ODD_SPELLINGS } from './spellings.ts'
import { expectTraceHidesToken } from './trace.ts'

const USE_CASES = '/ai/usecase/v1/usecases'
const MODELS = '/customers/c1/ai/models'
const MEGABYTE = 1024 * 1024

const claimsOf = (token: string): { readonly jti: string } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { readonly jti: string }

/** Returns the value of a header. Throws if the header came more than once. */
function only(answer: Answer, name: string): string | undefined {
  const [value, ...others] = answer.all(name)
  if (others.length > 0) throw new Error(`${name} came ${String(others.length + 1)} times`)
  return value
}

export interface Differences {
  /** The status of the proxy's answer to a request with two Authorization headers. */
  readonly statusOfTwoTokens: 400 | 401
  /** The possible statuses while the proxy cannot reach the authorization server. */
  readonly statusWhenDown: readonly number[]
}

export function describeDoor(open: OpenDoor, differences: Differences): void {
  let deployment: Deployment

  beforeAll(async () => {
    deployment = await Deployment.start((places) => open(places))
  })
  afterAll(() => deployment.stop())

  const identity = (token: string) => [
    ['x-latchkey-client-id', deployment.integration.clientId],
    ['x-latchkey-jti', claimsOf(token).jti],
    ['x-latchkey-scope', PREDICT],
  ]

  test('a live token passes, and the API gets the identity and never the token', async () => {
    const token = await deployment.newToken(PREDICT)
    const { answer, received } = await deployment.ask({ target: `${USE_CASES}?size=2`, token })
    expect(answer).toMatchObject({ status: 200, body: FROM_THE_API })
    expect(received).toMatchObject([{ method: 'GET', target: `${USE_CASES}?size=2` }])
    const headers = received[0]?.headers ?? []
    expect(identityIn(headers)).toEqual(identity(token))
    expect(headers.filter(([name]) => name === 'authorization')).toEqual([])
    expect(JSON.stringify(headers)).not.toContain(token)
    expect(answer.all('latchkey-reason')).toEqual([])
    expect(answer.all('www-authenticate')).toEqual([])
  })

  test('a request without a token gets a challenge without an error code', async () => {
    const { answer, received } = await deployment.ask({ target: USE_CASES })
    expect(answer.status).toBe(401)
    expect(only(answer, 'www-authenticate')).toBe('Bearer realm="latchkey"')
    expect(answer.all('latchkey-reason')).toEqual([])
    expect(received).toEqual([])
  })

  test.each([
    ['a word', 'Bearer garbage', 'malformed'],
    ['another scheme', 'Basic bGs6bGtz', undefined],
    ['three segments of nothing', 'Bearer e30.e30.e30', 'malformed'],
    ['nothing behind the scheme', 'Bearer', undefined],
  ])('%s in place of a token is refused', async (_, value, reason) => {
    const { answer, received } = await deployment.ask({ target: USE_CASES, headers: [['Authorization', value]] })
    expect(answer.status).toBe(401)
    expect(only(answer, 'www-authenticate')).toMatch(/^Bearer realm="latchkey"/)
    if (reason !== undefined) expect(only(answer, 'latchkey-reason')).toBe(reason)
    expect(received).toEqual([])
  })

  test('a superseded token is refused with its reason from the very next request on, five times in a row', async () => {
    const older = await deployment.newToken(PREDICT)
    expect((await deployment.ask({ target: USE_CASES, token: older })).answer.status).toBe(200)
    for (let round = 0; round < 5; round++) {
      const newer = await deployment.newToken(PREDICT)
      const { answer, received } = await deployment.ask({ target: USE_CASES, token: older })
      expect(answer.status).toBe(401)
      expect(only(answer, 'latchkey-reason')).toBe('superseded')
      expect(only(answer, 'www-authenticate')).toMatch(/^Bearer realm="latchkey", error="invalid_token", .*superseded/)
      expect(received).toEqual([])
      expect((await deployment.ask({ target: USE_CASES, token: newer })).answer.status).toBe(200)
    }
  })

  test('a token of the other scope gets 403 and the name of the required scope, whatever scope the query names', async () => {
    const predict = await deployment.newToken(PREDICT)
    for (const target of [MODELS, `${MODELS}?scope=${PREDICT}`, `${MODELS}?scope=`]) {
      const { answer, received } = await deployment.ask({ target, token: predict })
      expect(answer.status).toBe(403)
      expect(only(answer, 'latchkey-reason')).toBe('insufficient_scope')
      expect(only(answer, 'www-authenticate')).toMatch(/error="insufficient_scope", .*scope="machinelearning\.model"$/)
      expect(received).toEqual([])
    }
    const model = await deployment.newToken(MODEL)
    expect((await deployment.ask({ target: MODELS, token: model })).answer.status).toBe(200)
  })

  test('identity headers that a caller sends never reach the API, however they are spelt', async () => {
    const token = await deployment.newToken(PREDICT)
    const headers = EVERY_SPELLING.map((name) => [name, 'somebody-else'] as const)
    const { answer, received } = await deployment.ask({ target: USE_CASES, token, headers: [...headers, ...headers] })
    expect(answer.status).toBe(200)
    expect(identityIn(received[0]?.headers ?? [])).toEqual(identity(token))
  })

  test('identity headers with another character in place of the hyphen give the API no false identity', async () => {
    const token = await deployment.newToken(PREDICT)
    for (const name of ODD_SPELLINGS) {
      const headers = [[name, 'somebody-else'] as const]
      const { answer, received } = await deployment.ask({ target: USE_CASES, token, headers })
      expect([200, 400], name).toContain(answer.status)
      for (const request of received) expect(identityIn(request.headers)).toEqual(identity(token))
    }
  })

  test('a caller cannot remove identity headers by naming them in the header Connection', async () => {
    const token = await deployment.newToken(PREDICT)
    const headers = [['Connection', 'close, X-Latchkey-Client-Id, X-Latchkey-Scope, X-Latchkey-Jti']] as const
    const { received } = await deployment.ask({ target: USE_CASES, token, headers })
    for (const request of received) expect(identityIn(request.headers)).toEqual(identity(token))
  })

  test.each([
    ['with its length', {}],
    ['in chunks', { isChunked: true } as const],
  ])('a body of 1 MB that is sent %s arrives only if the token is live, and then complete', async (_, framing) => {
    const dead = await deployment.newToken(PREDICT)
    const token = await deployment.newToken(PREDICT)
    const body = randomBytes(MEGABYTE)
    const question = { method: 'POST', target: '/ai/prediction/v1/predict', body, ...framing } as const
    const accepted = await deployment.ask({ ...question, token })
    expect(accepted.answer.status).toBe(200)
    const digest = createHash('sha256').update(body).digest('hex')
    expect(accepted.received).toMatchObject([{ method: 'POST', bytes: MEGABYTE, digest }])
    const refused = await deployment.ask({ ...question, token: dead })
    expect(refused.answer.status).toBe(401)
    expect(only(refused.answer, 'latchkey-reason')).toBe('superseded')
    expect(refused.received).toEqual([])
  })

  test.each(['HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'PROPFIND'])(
    '%s needs a token like any other method',
    async (method) => {
      const token = await deployment.newToken(PREDICT)
      const accepted = await deployment.ask({ method, target: USE_CASES, token })
      expect(accepted.answer.status).toBe(200)
      expect(accepted.received).toMatchObject([{ method }])
      const refused = await deployment.ask({ method, target: USE_CASES })
      expect(refused.answer.status).toBe(401)
      expect(only(refused.answer, 'www-authenticate')).toBe('Bearer realm="latchkey"')
      expect(refused.received).toEqual([])
    },
  )

  test('TRACE shows the token to no caller, and reaches no API without a token', async () => {
    await expectTraceHidesToken(deployment, USE_CASES, await deployment.newToken(PREDICT))
  })

  test('two Authorization headers are refused, in either order', async () => {
    const token = await deployment.newToken(PREDICT)
    const both = [`Bearer ${token}`, 'Bearer garbage']
    for (const values of [both, [...both].reverse(), [both[0], both[0]]]) {
      const headers = values.map((value) => ['Authorization', value ?? ''] as const)
      const { answer, received } = await deployment.ask({ target: USE_CASES, headers })
      expect(answer.status).toBe(differences.statusOfTwoTokens)
      expect(received).toEqual([])
    }
  })

  test('each request on one connection is accepted or refused by its own token', async () => {
    const token = await deployment.newToken(PREDICT)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const statuses: number[] = []
    for (const shown of [token, undefined, token, 'garbage', token]) {
      const question = { target: USE_CASES, agent, ...(shown !== undefined && { token: shown }) }
      statuses.push((await deployment.ask(question)).answer.status)
    }
    agent.destroy()
    expect(statuses).toEqual([200, 401, 200, 401, 200])
  })

  test.skipIf(process.platform !== 'linux')(
    'Latchkey records the real address of a refused caller, whatever address the caller claims',
    async () => {
      const { server } = deployment
      const events = await readEvents(`${server.adminUrl}/admin/v1/events`, readAdminKey(server).reveal())
      const headers = [['X-Forwarded-For', '203.0.113.9']] as const
      await deployment.ask({ target: USE_CASES, token: 'garbage', headers, from: '127.0.0.5' })
      expect((await events.next('refusal')).data).toMatchObject({ reason: 'malformed', address: '127.0.0.5' })
      events.close()
    },
  )

  describe('paths', () => {
    describePaths(() => deployment)
  })

  describe('if the authorization server does not answer', () => {
    describeOutages(open, differences.statusWhenDown)
  })
}
