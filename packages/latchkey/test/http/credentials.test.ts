// Client authentication, and the answers to callers without valid credentials.
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { vaultOf } from '../opened-store.ts'
import { ask, headerOf, jsonOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'
import { changing } from '../changing.ts'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const ASKED = `scope=${PREDICT}&grant_type=client_credentials`
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const target = (): string => `${under(server.issuer, '/v1/token')}?${ASKED}`
const withHeader = (...values: readonly string[]): RawRequest => ({
  target: target(),
  headers: values.map((value) => ['Authorization', value] as const),
})
const withBody = (body: string, ...headers: readonly (readonly [string, string])[]): RawRequest => ({
  target: target(),
  headers: [FORM, ...headers],
  body,
})
/** Makes a text from the ID and the secret of the integration. */
const made = (from: (id: string, secret: string) => string): string =>
  from(integration.clientId, integration.clientSecret.reveal())

const errorOf = (answer: RawAnswer): unknown => [answer.status, jsonOf(answer)['error']]

function expectInvalidClient(answer: RawAnswer): void {
  expect(errorOf(answer)).toEqual([401, 'invalid_client'])
  expect(headerOf(answer, 'www-authenticate')).toBe('Basic realm="latchkey"')
}

describe('the answer is 401 invalid_client with a challenge', () => {
  test('without credentials', async () => {
    expectInvalidClient(await integration.refused({ target: target() }))
  })

  test.each([
    ['nothing', () => ''],
    ['only the scheme', () => 'Basic'],
    ['another scheme', () => `Bearer ${integration.live.predict}`],
    ['the scheme Negotiate', () => 'Negotiate YII='],
    ['two spaces', () => made((id, secret) => `Basic  ${base64(`${id}:${secret}`)}`)],
    ['a tab', () => made((id, secret) => `Basic\t${base64(`${id}:${secret}`)}`)],
    ['no colon', () => made((id, secret) => `Basic ${base64(id + secret)}`)],
    ['an empty ID', () => made((_id, secret) => `Basic ${base64(`:${secret}`)}`)],
    ['an empty secret', () => made((id) => `Basic ${base64(`${id}:`)}`)],
    ['a character that is not base64', () => made((id, secret) => `Basic ${base64(`${id}:${secret}`)}!`)],
    [
      'one such character inside, which Buffer skips',
      () => made((id, secret) => `Basic *${base64(`${id}:${secret}`)}`),
    ],
    ['the base64url alphabet', () => made((id) => `Basic ${Buffer.from(`${id}:~~~???`).toString('base64url')}`)],
    ['no padding', () => made((id, secret) => `Basic ${base64(`${id}:${secret}x`).replace(/=+$/, '')}`)],
    ['a rest after the padding', () => made((id, secret) => `Basic ${base64(`${id}:${secret}x`)}QQ==`)],
    ['9 KiB', () => `Basic ${'A'.repeat(9216)}`],
    ['bytes that are not UTF-8', () => `Basic ${Buffer.from([0x6c, 0xff, 0x3a, 0x61]).toString('base64')}`],
    ['NUL in the secret', () => made((id, secret) => `Basic ${base64(`${id}:${secret}\0`)}`)],
    ['a header that has been quoted', () => made((id, secret) => `"Basic ${base64(`${id}:${secret}`)}"`)],
  ])('for an Authorization header with %s', async (_what, header) => {
    expectInvalidClient(await integration.refused(withHeader(header())))
  })

  test.each([
    ['an ID without secret', () => made((id) => `client_id=${id}`)],
    ['an ID with an empty secret', () => made((id) => `client_id=${id}&client_secret=`)],
    ['a secret without ID', () => made((_id, secret) => `client_secret=${secret}`)],
    ['a wrong secret', () => made((id, secret) => `client_id=${id}&client_secret=${secret}x`)],
  ])('for a body with %s', async (_what, body) => {
    expectInvalidClient(await integration.refused(withBody(body())))
  })

  test('for the secret of another client', async () => {
    const other = await server.integration()
    expectInvalidClient(
      await integration.refused(withHeader(toBasicCredentials(integration.clientId, other.clientSecret))),
    )
  })

  test.each([
    ['a space', () => made((id, secret) => `${id}:${secret} `)],
    ['a changed letter', () => made((id, secret) => `${id}:${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`)],
    ['other case', () => made((id, secret) => `${id.toUpperCase()}:${secret}`)],
    ['the first half of the secret', () => made((id, secret) => `${id}:${secret.slice(0, 20)}`)],
  ])('for credentials that are valid except for %s', async (_what, pair) => {
    expectInvalidClient(await integration.refused(withHeader(`Basic ${base64(pair())}`)))
  })
})

describe('the answer is 400 invalid_request', () => {
  test.each([
    ['a secret in header and body', () => made((id, secret) => `client_id=${id}&client_secret=${secret}`)],
    ['a secret alone in the body beside the header', () => made((_id, secret) => `client_secret=${secret}`)],
    ['an assertion beside the header', () => 'client_assertion=a.b.c'],
    ['another client_id than in the header', () => 'client_id=lk00000000000000'],
    ['the client_id in other case', () => made((id) => `client_id=${id.toUpperCase()}`)],
  ])('for %s', async (_what, body) => {
    const answer = await integration.refused(withBody(body(), ['Authorization', integration.basic]))
    expect(errorOf(answer)).toEqual([400, 'invalid_request'])
  })

  test('for another client_id in the URI than in the header', async () => {
    const request = { ...withHeader(integration.basic), target: `${target()}&client_id=lk00000000000000` }
    expect(errorOf(await integration.refused(request))).toEqual([400, 'invalid_request'])
  })

  test('for a secret and an assertion together', async () => {
    const body = made((id, secret) => `client_id=${id}&client_secret=${secret}&client_assertion=a.b.c`)
    expect(errorOf(await integration.refused(withBody(body)))).toEqual([400, 'invalid_request'])
  })

  test.each([
    ['twice the same', () => [integration.basic, integration.basic]],
    ['a wrong one behind the right one', () => [integration.basic, 'Basic YTpi']],
    ['an empty one behind the right one', () => [integration.basic, '']],
    ['a token behind the credentials', () => [integration.basic, `Bearer ${integration.live.predict}`]],
  ])('for two Authorization headers: %s', async (_which, headers) => {
    expect(errorOf(await integration.refused(withHeader(...headers())))).toEqual([400, 'invalid_request'])
  })
})

describe('the answer says how to fix the header, and depends only on its form:', () => {
  test.each<[string, (id: string, secret: string) => string, RegExp]>([
    ['white space inside the value', (id, secret) => base64(`${id}:${secret}`).replace(/.{38}/, '$& '), /base64 -w0/],
    ['a tab where a line was broken', (id, secret) => base64(`${id}:${secret}`).replace(/.{38}/, '$&\t'), /base64 -w0/],
    ['echo without -n', (id, secret) => base64(`${id}:${secret}\n`), /echo -n/],
    ['echo without -n on Windows', (id, secret) => base64(`${id}:${secret}\r\n`), /echo -n/],
    ['ID and secret encoded separately', (id, secret) => `${base64(id)}:${base64(secret)}`, /Join them with a colon/],
    ['both encoded, then sent as Basic', (id, secret) => base64(`${base64(id)}:${base64(secret)}`), /Join them with a/],
    ['double encoding', (id, secret) => base64(base64(`${id}:${secret}`)), /encoded twice/],
    ['literal brackets', (id, secret) => base64(`[${id}]:[${secret}]`), /brackets/],
    ['the words of the example', () => base64('CLIENT_ID:CLIENT_SECRET'), /placeholder/],
    ['the words of the example in brackets', () => base64('[CLIENT_ID]:[CLIENT_SECRET]'), /placeholder/],
    ['variables that are not set', () => base64(':'), /Set both variables/],
    ['variables that are not expanded', () => base64('$CLIENT_ID:$CLIENT_SECRET'), /double quotes/],
    ['a command that is not expanded', () => '$(echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64)', /double quotes/],
    ['no encoding at all', (id, secret) => `${id}:${secret}`, /without encoding/],
  ])('%s', async (_trap, value, cure) => {
    const known = await integration.refused(withHeader(`Basic ${made(value)}`))
    expectInvalidClient(known)
    expect(jsonOf(known)['error_description']).toMatch(cure)
    const stranger = value('lk00000000000000', `lks_${'A'.repeat(36)}`)
    const unknown = await integration.refused(withHeader(`Basic ${stranger}`))
    expect(unknown.body).toBe(known.body)
  })
})

test('the scheme is accepted in upper and lower case', async () => {
  for (const scheme of ['basic', 'BASIC', 'bAsIc']) {
    const { basic } = await server.integration()
    expect((await ask(server.publicUrl, withHeader(basic.replace('Basic', scheme)))).status).toBe(200)
  }
})

test('credentials that this server made may be form-encoded or not', async () => {
  const { clientId, clientSecret } = await server.integration()
  const encoded = [...clientSecret.reveal()].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
  for (const secret of [clientSecret.reveal(), encoded]) {
    const pair = base64(`${clientId}:${secret}`)
    expect((await ask(server.publicUrl, withHeader(`Basic ${pair}`))).status).toBe(200)
  }
})

describe('an imported secret', () => {
  const withSecret = async (secret: string): Promise<TestIntegration> => {
    const created = await server.integration()
    const vault = await vaultOf(server.dataDir)
    await server.integrations.change(
      created.clientId,
      ...changing({
        kind: 'add_secret',
        secret: { id: `sec_${created.clientId}`, hash: vault.hash(new Secret(secret)), endsAt: undefined },
        sealed: null,
        origin: 'generated',
        previousEndAt: undefined,
      }),
    )
    return {
      ...created,
      clientSecret: new Secret(secret),
      basic: toBasicCredentials(created.clientId, new Secret(secret)),
    }
  }

  test.each(['a:b', 'a b', 'a+b', 'a%41b', '100%', 'é', '—', '"\\', '[x', '密'])(
    'is accepted if it is form-encoded: %s',
    async (secret) => {
      const { basic } = await withSecret(secret)
      expect((await ask(server.publicUrl, withHeader(basic))).status).toBe(200)
    },
  )

  test('with a colon inside is accepted without form encoding', async () => {
    const { clientId } = await withSecret('a:b:c')
    expect((await ask(server.publicUrl, withHeader(`Basic ${base64(`${clientId}:a:b:c`)}`))).status).toBe(200)
  })

  test('is form-decoded once, not twice', async () => {
    const { clientId } = await withSecret('a%41b')
    const sent = (secret: string) => ask(server.publicUrl, withHeader(`Basic ${base64(`${clientId}:${secret}`)}`))
    expect((await sent('a%2541b')).status).toBe(200)
    expect((await sent('a%41b')).status).toBe(401)
    expect((await sent('aAb')).status).toBe(401)
  })

  test('is accepted in the form body', async () => {
    const { clientId } = await withSecret('a+b é')
    const body = new URLSearchParams({ client_id: clientId, client_secret: 'a+b é' }).toString()
    expect((await ask(server.publicUrl, withBody(body))).status).toBe(200)
  })
})
