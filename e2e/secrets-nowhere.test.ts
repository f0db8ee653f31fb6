// No secret and no token is anywhere but where it belongs: not in what the server wrote, not in its files, however it was sent.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { toBasicCredentials } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { Connection } from './connection.ts'
import { changeIntegration, createIntegration, type Integration, PREDICT, readAdminKey } from './integrations.ts'
import { type RealServer, startRealServer } from './real-server.ts'

/** They hold what their names say, and nobody but their owner can open them. */
const KEY_FILES = ['master.key', 'admin.key']

test('after good and bad requests with secrets in wrong places, none is in output, logs or files', async () => {
  const server = await startRealServer({ env: { LATCHKEY_LOG_LEVEL: 'trace', LATCHKEY_SIGNING_ALG: 'ES256' } })
  const firstText = server.stdout()
  const integration = await createIntegration(server)
  const other = await createIntegration(server, { resource_server: true })
  const tokens = await useWell(server, integration, other)
  await misuse(server, integration, tokens[0] ?? '')
  await misuseAdminApi(server, integration)

  const masterKey = readFileSync(join(server.dataDir, 'master.key'), 'utf8').trim()
  const demo = /CLIENT_SECRET='([^']+)'/.exec(firstText)?.[1] ?? ''
  expect(demo).toMatch(/^lks_/)
  const secrets = new Map<string, readonly (string | Buffer)[]>([
    [
      'master key',
      [masterKey, Buffer.from(masterKey, 'base64url'), Buffer.from(masterKey, 'base64url').toString('hex')],
    ],
    ['admin key', forms(readAdminKey(server).reveal())],
    ['demo secret', forms(demo)],
    ['secret', [...forms(integration.clientSecret.reveal()), integration.basic.slice('Basic '.length)]],
    ['other secret', [...forms(other.clientSecret.reveal()), other.basic.slice('Basic '.length)]],
    ...tokens.map((token, n) => [`token ${n}`, tokenForms(token)] as const),
    ['private key', ['PRIVATE KEY', '"d":"']],
  ])
  const running = found(secrets, filesOf(server))
  expect(await server.stop()).toEqual({ code: 0, signal: null })
  expect(running).toEqual([])
  const written = new Map([
    ['standard output', Buffer.from(server.stdout().slice(firstText.length))],
    ['standard error', Buffer.from(server.stderr())],
  ])
  expect(server.stderr()).toContain('request.refused')
  expect(server.stderr()).toContain('token.issued')
  expect(found(secrets, written)).toEqual([])
})

test('the search finds what is there', () => {
  const place = new Map([['a log', Buffer.from('{"msg":"got bGtzX2FiYw== and lks_abc"}')]])
  expect(found(new Map([['secret', forms('lks_abc')]]), place)).toEqual(['secret is in a log', 'secret is in a log'])
  expect(found(new Map([['secret', forms('lks_abd')]]), place)).toEqual([])
})

async function useWell(server: RealServer, integration: Integration, other: Integration): Promise<readonly string[]> {
  const connection = new Connection(server)
  const tokens: string[] = []
  for (let n = 0; n < 30; n++) tokens.push(await connection.token(integration))
  tokens.push(await connection.token(other))
  for (const token of tokens.slice(-5)) {
    await connection.verify(token, PREDICT)
    await connection.introspect(other, token)
  }
  await connection.revoke(integration, tokens.at(-2) ?? '')
  connection.close()
  return tokens
}

/** Everything that people and programs do wrong with credentials. */
async function misuse(server: RealServer, integration: Integration, token: string): Promise<void> {
  const connection = new Connection(server)
  const { clientId, clientSecret, basic } = integration
  const secret = clientSecret.reveal()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const authorized = { ...form, authorization: basic }
  const asked = `grant_type=client_credentials&scope=${PREDICT}`
  const basicOf = (id: string, password: typeof clientSecret) => ({
    ...form,
    authorization: toBasicCredentials(id, password),
  })
  const calls = [
    { path: `/v1/token?${asked}&client_id=${clientId}&client_secret=${secret}` },
    { path: `/v1/token?${asked}&access_token=${token}`, headers: authorized },
    { path: `/v1/token?${asked}&${secret}=1&${token}`, headers: authorized },
    { path: `/v1/token?grant_type=${secret}&scope=${secret}`, headers: authorized },
    { path: `/v1/token?grant_type=client_credentials&scope=${token}`, headers: authorized },
    { path: `/v1/token?${asked}`, headers: { ...form, authorization: `Bearer ${secret}` } },
    { path: `/v1/token?${asked}`, headers: { ...form, authorization: secret } },
    { path: `/v1/token?${asked}`, headers: { ...form, authorization: `${basic} ${secret}` } },
    { path: `/v1/token?${asked}`, headers: basicOf(secret, clientSecret) },
    { path: `/v1/token?${asked}`, headers: basicOf('lk00000000000000', clientSecret) },
    { path: `/v1/token?${asked}`, headers: basicOf(secret.slice(0, 24), clientSecret) },
    { path: '/v1/token', headers: form, body: `${asked}&client_id=${secret}&client_secret=${token}` },
    { path: '/v1/token', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret, token }) },
    { path: `/v1/token/${secret}`, headers: authorized },
    { path: `/v1/${token}`, headers: authorized },
    { path: `/v1/introspect?token=${token}`, headers: authorized },
    { path: '/v1/introspect', headers: authorized, body: `token=${secret}` },
    { path: '/v1/revoke', headers: authorized, body: `token=${token}&token=${secret}` },
    { path: '/v1/revoke', headers: { ...form, authorization: `Bearer ${token}` }, body: `token=${token}` },
    { method: 'GET', path: `/v1/verify?access_token=${token}&scope=${token}` },
    { method: 'GET', path: `/v1/verify/${token}?scope=${secret}`, headers: { authorization: `Bearer ${token}` } },
    { method: 'GET', path: '/v1/verify', headers: { authorization: basic } },
    { method: 'GET', path: '/v1/verify', headers: { authorization: `Bearer ${secret}` } },
    { method: secret.replaceAll(/[^A-Za-z]/g, ''), path: '/v1/token', headers: authorized },
  ]
  // Methods that are none break the connection; whether there was an answer does not matter here.
  for (const call of calls) await connection.send(call).catch(() => undefined)
  connection.close()
  for (const text of [
    `POST /v1/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${secret}\r\n ${token}\r\n\r\n`,
    `${secret} ${token}\r\n\r\n`,
    `POST /v1/token HTTP/1.1\r\nHost: x\r\nX: ${token.repeat(80)}\r\n\r\n`,
  ]) {
    await sendRaw(server, text)
  }
}

async function sendRaw(server: RealServer, text: string): Promise<void> {
  const socket = connect(Number(new URL(server.publicUrl).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.resume()
  socket.end(text)
  await once(socket, 'close')
}

async function misuseAdminApi(server: RealServer, integration: Integration): Promise<void> {
  const key = readAdminKey(server).reveal()
  const secret = integration.clientSecret.reveal()
  const api = `${server.adminUrl}/admin/v1/integrations`
  const authorization = `Bearer ${key}`
  const json = { authorization, 'content-type': 'application/json' }
  const calls: readonly (readonly [string, RequestInit])[] = [
    [`${api}?key=${key}`, {}],
    [`${api}?cursor=${secret}&limit=${key}`, { headers: { authorization } }],
    [`${api}/${secret}`, { headers: { authorization } }],
    [api, { headers: { authorization: `Basic ${Buffer.from(`admin:${key}`).toString('base64')}` } }],
    [api, { headers: { authorization: `${authorization}x` } }],
    [api, { headers: { authorization: key } }],
    [api, { method: 'POST', headers: json, body: `{"name":"${secret}` }],
    [api, { method: 'POST', headers: json, body: JSON.stringify({ [secret]: key }) }],
    [api, { method: 'POST', headers: json, body: JSON.stringify({ name: 'x', scopes: [secret] }) }],
    [api, { method: 'POST', headers: { ...json, 'content-type': 'text/plain' }, body: secret }],
  ]
  for (const [url, init] of calls) await fetch(url, init).then((response) => response.arrayBuffer())
  await changeIntegration(server, integration, 'disable')
  await changeIntegration(server, integration, 'enable')
}

function filesOf({ dataDir }: RealServer): ReadonlyMap<string, Buffer> {
  const names = readdirSync(dataDir).filter((name) => !KEY_FILES.includes(name))
  expect(names).toContain('latchkey.db')
  return new Map(names.map((name) => [name, readFileSync(join(dataDir, name))]))
}

/** As it is, as base64, and as the plain hash that a dictionary would hold. */
const forms = (secret: string): readonly (string | Buffer)[] => {
  const hash = createHash('sha256').update(secret).digest()
  return [secret, Buffer.from(secret).toString('base64'), hash, hash.toString('hex')]
}

const tokenForms = (token: string): readonly (string | Buffer)[] => {
  const signature = token.split('.')[2] ?? ''
  return [token, signature, Buffer.from(signature, 'base64url'), Buffer.from(token).toString('base64')]
}

const found = (
  secrets: ReadonlyMap<string, readonly (string | Buffer)[]>,
  places: ReadonlyMap<string, Buffer>,
): readonly string[] =>
  [...secrets].flatMap(([name, needles]) =>
    [...places].flatMap(([place, content]) =>
      needles.filter((needle) => content.includes(needle)).map(() => `${name} is in ${place}`),
    ),
  )
