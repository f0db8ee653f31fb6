// The log of requests has reasons, names and IDs, and never a secret, a token or the value of a parameter.
import { expect, test } from 'vitest'
import { PREDICT } from '../a-server.ts'
import { bareEndpoints } from '../bare-endpoints.ts'
import { changing } from '../changing.ts'

const ASKED = `scope=${PREDICT}&grant_type=client_credentials`
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const tokenIn = (body: string): string => (JSON.parse(body) as { access_token: string }).access_token

test('a secret in the URI is refused, and only the names of the parameters are logged', async () => {
  const { ask, integration, log, logged } = await bareEndpoints()
  const { clientId, clientSecret } = await integration()
  await ask({ path: `/v1/token?${ASKED}&client_id=${clientId}&client_secret=${clientSecret.reveal()}` })
  expect(logged()).toMatchObject([
    {
      event: 'request.refused',
      reason: 'secret_in_uri',
      'http.request.method': 'POST',
      'http.response.status_code': 400,
      query_parameters: ['scope', 'grant_type', 'client_id', 'client_secret'],
    },
  ])
  expect(log()).not.toContain(clientSecret.reveal())
})

test('an unusual parameter name is not logged, because the name may be a secret value', async () => {
  const { ask, integration, log, logged } = await bareEndpoints()
  const { clientSecret } = await integration()
  const allLetters = `lks_${'a'.repeat(36)}`
  await ask({ path: `/v1/token?${clientSecret.reveal()}&${allLetters}&${'a'.repeat(60)}&x%0Ay=1` })
  expect(logged()).toMatchObject([{ query_parameters: ['[other]', '[other]', '[other]', '[other]'] }])
  expect(log()).not.toContain(clientSecret.reveal())
})

test('a secret that was sent in place of the client ID is not logged', async () => {
  const { ask, integration, log, logged } = await bareEndpoints()
  const { clientId, clientSecret } = await integration()
  const swapped = Buffer.from(`${clientSecret.reveal()}:${clientId}`).toString('base64')
  await ask({ path: `/v1/token?${ASKED}`, headers: [['Authorization', `Basic ${swapped}`]] })
  expect(logged()).toMatchObject([{ event: 'auth.denied', reason: 'unknown_client', client_id: '[not an ID]' }])
  expect(log()).not.toContain(clientSecret.reveal())
})

test('the log has the reason that the answer hides: unknown, wrong secret or disabled', async () => {
  const { ask, integration, integrations, logged } = await bareEndpoints()
  const [known, disabled] = [await integration(), await integration()]
  await integrations.change(disabled.clientId, ...changing({ kind: 'disable' }))
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  for (const credentials of [basic('lk00000000000000', 'x'), basic(known.clientId, 'x'), disabled.basic[1]]) {
    await ask({ path: `/v1/token?${ASKED}`, headers: [['Authorization', credentials]] })
  }
  expect(logged().map(({ reason }) => reason)).toEqual(['unknown_client', 'wrong_secret', 'client_disabled'])
})

test('a line break in a client ID or a path starts no new log line', async () => {
  const { ask, logged } = await bareEndpoints()
  const forged = Buffer.from(`x\\n{"level":"info"}:y`).toString('base64')
  await ask({ path: `/v1/token?${ASKED}`, headers: [['Authorization', `Basic ${forged}`]] })
  expect(logged()).toHaveLength(1)
})

test('issued, checked, superseded and revoked tokens are logged by their jti, never by their text', async () => {
  const { ask, integration, log } = await bareEndpoints()
  const { basic, clientSecret } = await integration()
  const issue = async () => tokenIn((await ask({ path: `/v1/token?${ASKED}`, headers: [basic] })).body)
  const tokens = [await issue(), await issue()]
  for (const token of tokens) {
    await ask({ method: 'GET', path: '/v1/verify', headers: [['Authorization', `Bearer ${token}`]] })
    await ask({ path: '/v1/introspect', headers: [basic, FORM], body: `token=${token}` })
    await ask({ path: '/v1/revoke', headers: [basic, FORM], body: `token=${token}` })
    await ask({ path: `/v1/revoke?token=${token}`, headers: [basic] })
  }
  for (const secret of [
    clientSecret.reveal(),
    basic[1].slice('Basic '.length),
    ...tokens.flatMap((token) => token.split('.').slice(1)),
  ]) {
    expect(log()).not.toContain(secret)
  }
  expect(log()).toContain('"reason":"superseded"')
})

test('a successful verification is not logged', async () => {
  const { ask, integration, logged } = await bareEndpoints()
  const { basic } = await integration()
  const token = tokenIn((await ask({ path: `/v1/token?${ASKED}`, headers: [basic] })).body)
  const before = logged().length
  await ask({ method: 'GET', path: '/v1/verify', headers: [['Authorization', `Bearer ${token}`]] })
  expect(logged()).toHaveLength(before)
})

test('every log line of a request has the request id of the answer, even if the request is refused', async () => {
  const { ask, disk, integration, logged } = await bareEndpoints()
  const { basic } = await integration()
  const id = ['X-Request-Id', 'build-17'] as const
  await ask({ path: `/v1/token?${ASKED}`, headers: [basic, id] })
  await ask({ path: `/v1/token?${ASKED}&scope=x`, headers: [basic, id] })
  await ask({ path: `/v1/token?${ASKED}`, headers: [id] })
  await ask({ method: 'GET', path: '/v1/verify', headers: [['Authorization', 'Bearer a.b.c'], id] })
  const underWay = disk.hold()
  const failed = ask({ path: `/v1/token?${ASKED}`, headers: [basic, id] })
  await underWay
  disk.fail('lost')
  await failed
  disk.comeBack()
  expect(logged().map(({ event, request_id }) => [event, request_id])).toEqual([
    ['token.issued', 'build-17'],
    ['request.refused', 'build-17'],
    ['auth.denied', 'build-17'],
    ['auth.denied', 'build-17'],
    ['store.unavailable', 'build-17'],
  ])
})
