// If the store accepts no writes, or the outcome of a write is unknown, the server answers 503, never a verdict about a
// token.
import type { Scope } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { MODEL, PREDICT } from '../a-server.ts'
import { type BareAnswer, bareEndpoints, valueOf } from '../bare-endpoints.ts'

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const

async function world() {
  const { ask, disk, integration, probe } = await bareEndpoints()
  const { basic } = await integration()
  const requestToken = (scope: Scope = PREDICT) =>
    ask({ path: `/v1/token?scope=${scope}&grant_type=client_credentials`, headers: [basic] })
  const verify = (token: string) =>
    ask({ method: 'GET', path: '/v1/verify', headers: [['Authorization', `Bearer ${token}`]] })
  /** Repeats a request until the answer is not 503, as a client does. */
  const untilKnown = async (request: () => Promise<BareAnswer>): Promise<BareAnswer> => {
    for (;;) {
      const answer = await request()
      if (answer.status !== 503) return answer
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    ask,
    probe,
    disk,
    requestToken,
    verify,
    untilKnown,
    token: async (scope?: Scope) => tokenOf(await requestToken(scope)),
    introspect: (token: string) => ask({ path: '/v1/introspect', headers: [basic, FORM], body: `token=${token}` }),
    revoke: (token: string) => ask({ path: '/v1/revoke', headers: [basic, FORM], body: `token=${token}` }),
  }
}

type World = Awaited<ReturnType<typeof world>>

function tokenOf({ status, body }: BareAnswer): string {
  expect(status, body).toBe(200)
  return (JSON.parse(body) as { access_token: string }).access_token
}

function expectUnavailable(answer: BareAnswer): void {
  expect(answer.status).toBe(503)
  expect(JSON.parse(answer.body)).toMatchObject({ error: 'temporarily_unavailable' })
  expect(valueOf(answer, 'Retry-After')).toBe('1')
  expect(valueOf(answer, 'Cache-Control')).toBe('no-store')
}

const reasonOf = (answer: BareAnswer) => valueOf(answer, 'Latchkey-Reason')

/** Sends a request whose commit fails. */
async function failing(
  { disk }: World,
  request: () => Promise<BareAnswer>,
  outcome: 'written' | 'lost',
): Promise<BareAnswer> {
  const underWay = disk.hold()
  const requested = request()
  await underWay
  disk.fail(outcome)
  return requested
}

test('until a new token is committed, the old token is live and the server does not answer the request for the new token', async () => {
  const { disk, requestToken, token, verify } = await world()
  const old = await token()
  const underWay = disk.hold()
  let isAnswered = false
  const requested = requestToken().finally(() => {
    isAnswered = true
  })
  await underWay
  expect((await verify(old)).status).toBe(200)
  expect(isAnswered).toBe(false)
  disk.release()
  const fresh = tokenOf(await requested)
  expect(reasonOf(await verify(old))).toBe('superseded')
  expect((await verify(fresh)).status).toBe(200)
})

describe.each(['lost', 'written'] as const)(
  'when the commit of a new token fails and turns out to be %s',
  (outcome) => {
    test('the client gets 503, and so does every check of a token of this scope until the outcome is known', async () => {
      const here = await world()
      const old = await here.token()
      expectUnavailable(await failing(here, here.requestToken, outcome))
      expectUnavailable(await here.verify(old))
      expectUnavailable(await here.introspect(old))
      expectUnavailable(await here.revoke(old))
      expectUnavailable(await here.requestToken())
    })

    test('then either the old token or the new token is live, never both', async () => {
      const here = await world()
      const old = await here.token()
      await failing(here, here.requestToken, outcome)
      here.disk.comeBack()
      const verdict = await here.untilKnown(() => here.verify(old))
      expect(outcome === 'lost' ? verdict.status : reasonOf(verdict)).toBe(outcome === 'lost' ? 200 : 'superseded')
    })

    test('the client gets the only live token if it repeats its request', async () => {
      const here = await world()
      const old = await here.token()
      await failing(here, here.requestToken, outcome)
      here.disk.comeBack()
      const fresh = tokenOf(await here.untilKnown(here.requestToken))
      expect((await here.verify(fresh)).status).toBe(200)
      expect(reasonOf(await here.verify(old))).toBe('superseded')
    })

    test('checks of all other tokens continue without writes', async () => {
      const here = await world()
      const other = await here.token(MODEL)
      await failing(here, here.requestToken, outcome)
      expect((await here.verify(other)).status).toBe(200)
      expect(JSON.parse((await here.introspect(other)).body)).toMatchObject({ active: true })
      expectUnavailable(await here.requestToken(MODEL))
      expectUnavailable(await here.revoke(other))
      expect((await here.verify(other)).status).toBe(200)
    })

    test('refusals that need no read of the store are still answered', async () => {
      const here = await world()
      await failing(here, here.requestToken, outcome)
      expect(reasonOf(await here.verify('a.b.c'))).toBe('malformed')
      expect((await here.ask({ path: '/v1/token?grant_type=password' })).status).toBe(401)
    })

    test('a revocation is not answered 200 before its commit is confirmed', async () => {
      const here = await world()
      const token = await here.token()
      expectUnavailable(await failing(here, () => here.revoke(token), outcome))
      here.disk.comeBack()
      const verdict = await here.untilKnown(() => here.verify(token))
      expect(outcome === 'lost' ? verdict.status : reasonOf(verdict)).toBe(outcome === 'lost' ? 200 : 'revoked')
    })

    test('the server is not ready until writes work again', async () => {
      const here = await world()
      await failing(here, here.requestToken, outcome)
      const probe = () => here.probe('/readyz')
      expect([(await probe()).status, (await probe()).body]).toEqual([503, '{"status":"not_ready"}'])
      expect((await here.probe('/livez')).status).toBe(200)
      here.disk.comeBack()
      expect((await here.untilKnown(probe)).body).toBe('{"status":"ready"}')
    })
  },
)
