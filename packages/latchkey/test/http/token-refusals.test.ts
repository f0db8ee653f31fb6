// POST /v1/token: requests that are refused for their form, even with right credentials. The live tokens stay live.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { jsonOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const FORM_TYPE = 'application/x-www-form-urlencoded'
const ASKED = `scope=${PREDICT}&grant_type=client_credentials`
const endpoint = (): string => under(server.issuer, '/v1/token')
const target = (query = ''): string => `${endpoint()}${query === '' ? '' : `?${query}`}`
const authorization = () => ['Authorization', integration.basic] as const

const withQuery = (query: string): RawRequest => ({ target: target(query), headers: [authorization()] })

const withBody = (body: string | Buffer, type = FORM_TYPE, query = ''): RawRequest => ({
  target: target(query),
  headers: [authorization(), ['Content-Type', type]],
  body,
})

const errorOf = (answer: RawAnswer) => [answer.status, jsonOf(answer)['error']] as const

describe('the answer is 400 invalid_request for a parameter sent more than once', () => {
  test.each([
    ['in the query', `${ASKED}&scope=${PREDICT}`, ''],
    ['in the query with different values', `${ASKED}&scope=${MODEL}`, ''],
    ['in the body', '', `${ASKED}&grant_type=client_credentials`],
    ['once in the query and once in the body', ASKED, `scope=${PREDICT}`],
    ['once in the query and once, empty, in the body', ASKED, 'scope='],
    ['once under an encoded name', `${ASKED}&%73cope=${PREDICT}`, ''],
    ['that is not known', `${ASKED}&audit=1&audit=1`, ''],
    ['with no value at all', `${ASKED}&audit&audit`, ''],
    ['once empty, once not', `scope=&${ASKED}`, ''],
  ])('%s', async (_where, query, body) => {
    const answer = await integration.refused(body === '' ? withQuery(query) : withBody(body, FORM_TYPE, query))
    expect(errorOf(answer)).toEqual([400, 'invalid_request'])
    expect(jsonOf(answer)['error_description']).toMatch(/more than once/)
  })
})

describe('the answer is 400 invalid_request for a secret or token in the URI', () => {
  test.each(['client_secret', 'client_assertion', 'token', 'access_token', '%63lient_secret'])('%s', async (name) => {
    const answer = await integration.refused(withQuery(`${ASKED}&${name}=marker-of-this-test`))
    expect(errorOf(answer)).toEqual([400, 'invalid_request'])
    expect(answer.body).not.toContain('marker-of-this-test')
    expect(jsonOf(answer)['error_description']).toMatch(/must not contain secrets or tokens/)
  })

  test('even if the secret is right and the only credential', async () => {
    const { clientId, clientSecret } = integration
    const query = `${ASKED}&client_id=${clientId}&client_secret=${clientSecret.reveal()}`
    expect(errorOf(await integration.refused({ target: target(query) }))).toEqual([400, 'invalid_request'])
  })
})

describe('the answer is 400 for the grant type', () => {
  test.each([
    ['missing', `scope=${PREDICT}`],
    ['empty', `scope=${PREDICT}&grant_type=`],
    ['without a value', `scope=${PREDICT}&grant_type`],
  ])('invalid_request if it is %s', async (_how, query) => {
    expect(errorOf(await integration.refused(withQuery(query)))).toEqual([400, 'invalid_request'])
    expect(errorOf(await integration.refused(withBody(query)))).toEqual([400, 'invalid_request'])
  })

  test.each([
    'password',
    'authorization_code',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'Client_Credentials',
    'CLIENT_CREDENTIALS',
    'client_credentials%20',
    '+client_credentials',
    'client_credentials,client_credentials',
    'client%20credentials',
  ])('unsupported_grant_type if it is %s', async (grant) => {
    const answer = await integration.refused(withQuery(`scope=${PREDICT}&grant_type=${grant}`))
    expect(errorOf(answer)).toEqual([400, 'unsupported_grant_type'])
  })
})

describe('the answer is 400 invalid_scope for a scope parameter', () => {
  test.each([
    ['unknown', 'machinelearning.train'],
    ['the name in capitals', PREDICT.toUpperCase()],
    ['a space at the end', `${PREDICT}%20`],
    ['a space in front', `+${PREDICT}`],
    ['two scopes', `${PREDICT}%20${MODEL}`],
    ['two scopes with a plus between them, which is a space', `${PREDICT}+${MODEL}`],
    ['the same scope twice', `${PREDICT}%20${PREDICT}`],
    ['two scopes with a comma', `${PREDICT},${MODEL}`],
    ['two scopes with a line break', `${PREDICT}%0A${MODEL}`],
    ['a tab', `${PREDICT}%09`],
    ['a part of the name', 'machinelearning.'],
    ['a wildcard', 'machinelearning.*'],
    ['quotation marks', `%22${PREDICT}%22`],
    ['a backslash', `${PREDICT}%5C`],
    ['a letter outside of ASCII', `${PREDICT}%C3%A9`],
    ['a name of Object.prototype', '__proto__'],
    ['4000 letters', 'a'.repeat(4000)],
    ['missing, with two scopes allowed', ''],
  ])('that is wrong: %s', async (_what, scope) => {
    const answer = await integration.refused(withQuery(`scope=${scope}&grant_type=client_credentials`))
    expect(errorOf(answer)).toEqual([400, 'invalid_scope'])
  })

  test('that is known, but not granted to this integration', async () => {
    const narrow = await server.integration({ scopes: [PREDICT] })
    const live = await server.token(narrow)
    const answer = await server.requestToken(narrow, MODEL)
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'invalid_scope'])
    expect(await server.verify(live, PREDICT)).toEqual({ status: 200, reason: null })
  })
})

describe('the answer is 400 invalid_request for invalid percent-encoded UTF-8', () => {
  test.each([
    ['a percent sign alone', '%'],
    ['half an escape', '%4'],
    ['an escape that is none', '%zz'],
    ['an overlong slash', '%C0%AF'],
    ['an overlong NUL', '%C0%80'],
    ['half of a surrogate pair', '%ED%A0%80'],
    ['beyond Unicode', '%F4%90%80%80'],
    ['a cut-off sequence', '%E2%82'],
    ['a byte that begins nothing', '%FF'],
    ['NUL', '%00'],
  ])('%s', async (_what, encoded) => {
    for (const parameters of [`${ASKED}&audit=${encoded}`, `${ASKED}&${encoded}=1`]) {
      expect(errorOf(await integration.refused(withQuery(parameters)))).toEqual([400, 'invalid_request'])
      expect(errorOf(await integration.refused(withBody(parameters)))).toEqual([400, 'invalid_request'])
    }
  })

  test('raw bytes of Latin-1 in the body', async () => {
    const body = Buffer.from(`${ASKED}&audit=é`, 'latin1')
    expect(errorOf(await integration.refused(withBody(body)))).toEqual([400, 'invalid_request'])
  })
})

describe('if a request has several errors, the answer is the first in the order of checks:', () => {
  const stranger = ['Authorization', `Basic ${Buffer.from('a:b').toString('base64')}`] as const
  const json = ['Content-Type', 'application/json'] as const
  const form = ['Content-Type', FORM_TYPE] as const
  const large = 'a=b&'.repeat(5000)

  test.each<[string, Omit<RawRequest, 'target'> & { readonly path?: string; readonly query?: string }, number, RegExp]>(
    [
      ['path before method', { path: '/v1/tokens', method: 'PUT' }, 404, /no such endpoint/],
      ['method before content type', { method: 'PUT', headers: [json], body: '{}' }, 405, /only POST/],
      ['content type before size', { headers: [json], body: large }, 415, /form-urlencoded/],
      ['size before parameters', { headers: [form], body: large, query: 'a=%' }, 413, /16 KiB/],
      [
        'parameters before Authorization headers',
        { headers: [stranger, stranger], query: 'a=%' },
        400,
        /percent-encoded/,
      ],
      [
        'the number of Authorization headers before credentials',
        { headers: [stranger, stranger] },
        400,
        /more than one/,
      ],
      ['credentials before grant', { headers: [stranger], query: 'grant_type=password' }, 401, /authentication failed/],
    ],
  )('%s', async (_order, { path = '/v1/token', query = '', ...request }, status, description) => {
    const answer = await integration.refused({ target: `${under(server.issuer, path)}?${query}`, ...request })
    expect(answer.status).toBe(status)
    expect(jsonOf(answer)['error_description']).toMatch(description)
  })

  test('grant before scope', async () => {
    const answer = await integration.refused(withQuery('grant_type=password&scope=a%20b'))
    expect(errorOf(answer)).toEqual([400, 'unsupported_grant_type'])
  })
})
