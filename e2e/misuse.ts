// Common mistakes with credentials: in the URL, in the wrong header, in a malformed body.
import { once } from 'node:events'
import { connect } from 'node:net'
import { toBasicCredentials } from '@latchkey/protocol'
import { Connection } from './connection.ts'
import { type Integration, PREDICT, readAdminKey } from './integrations.ts'
import type { RealServer } from './real-server.ts'

/** Sends each of the mistakes. Returns the server's answers, head and body, in the order of the requests. */
export async function misuse(server: RealServer, integration: Integration, token: string): Promise<readonly string[]> {
  const answers = [
    ...(await misusePublicListener(server, integration, token)),
    ...(await misuseAdminListener(server, integration, token)),
  ]
  for (const text of rawRequests(integration.clientSecret.reveal(), token)) {
    for (const url of [server.publicUrl, server.adminUrl]) answers.push(await sendRaw(url, text))
  }
  return answers
}

async function misusePublicListener(
  server: RealServer,
  { clientId, clientSecret, basic }: Integration,
  token: string,
): Promise<readonly string[]> {
  const connection = new Connection(server)
  const secret = clientSecret.reveal()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const authorized = { ...form, authorization: basic }
  const requested = `grant_type=client_credentials&scope=${PREDICT}`
  const basicOf = (id: string, password: typeof clientSecret) => ({
    ...form,
    authorization: toBasicCredentials(id, password),
  })
  const calls = [
    { method: 'GET', path: `/v1/verify?access_token=${token}&scope=${token}` },
    {
      method: 'GET',
      path: `/v1/verify/${token}?scope=${PREDICT}&secret=${secret}`,
      headers: { authorization: `Bearer ${token}` },
    },
    { method: 'GET', path: '/v1/verify', headers: { authorization: basic } },
    { method: 'GET', path: '/v1/verify', headers: { authorization: `Bearer ${secret}` } },
    { path: `/v1/token?${requested}&client_id=${clientId}&client_secret=${secret}` },
    { path: `/v1/token?${requested}&access_token=${token}`, headers: authorized },
    { path: `/v1/token?${requested}&${secret}=1&${token}`, headers: authorized },
    { path: `/v1/token?grant_type=${secret}&scope=${secret}`, headers: authorized },
    { path: `/v1/token?grant_type=client_credentials&scope=${token}`, headers: authorized },
    { path: `/v1/token?${requested}`, headers: { ...form, authorization: `Bearer ${secret}` } },
    { path: `/v1/token?${requested}`, headers: { ...form, authorization: secret } },
    { path: `/v1/token?${requested}`, headers: { ...form, authorization: `${basic} ${secret}` } },
    { path: `/v1/token?${requested}`, headers: { ...form, authorization: `Basic ${secret}` } },
    { path: `/v1/token?${requested}`, headers: basicOf(secret, clientSecret) },
    { path: `/v1/token?${requested}`, headers: basicOf('lk00000000000000', clientSecret) },
    { path: `/v1/token?${requested}`, headers: basicOf(secret.slice(0, 24), clientSecret) },
    { path: '/v1/token', headers: form, body: `${requested}&client_id=${secret}&client_secret=${token}` },
    { path: '/v1/token', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret, token }) },
    { path: `/v1/token/${secret}`, headers: authorized },
    { path: `/v1/${token}`, headers: authorized },
    { path: `/v1/introspect?token=${token}`, headers: authorized },
    { path: '/v1/introspect', headers: authorized, body: `token=${secret}` },
    { path: '/v1/revoke', headers: authorized, body: `token=${token}&token=${secret}` },
    { path: '/v1/revoke', headers: { ...form, authorization: `Bearer ${token}` }, body: `token=${token}` },
    { method: secret.replaceAll(/[^A-Za-z]/g, ''), path: '/v1/token', headers: authorized },
  ]
  const answers: string[] = []
  for (const call of calls) {
    // The server closes the connection after an invalid method. Whether it answers first does not matter here.
    const answer = await connection.send(call).catch(() => undefined)
    if (answer !== undefined) answers.push(`${JSON.stringify(answer.headers)}\n${answer.body}`)
  }
  connection.close()
  return answers
}

async function misuseAdminListener(
  server: RealServer,
  { clientSecret }: Integration,
  token: string,
): Promise<readonly string[]> {
  const key = readAdminKey(server).reveal()
  const secret = clientSecret.reveal()
  const api = `${server.adminUrl}/admin/v1`
  const integrations = `${api}/integrations`
  const authorization = `Bearer ${key}`
  const json = { authorization, 'content-type': 'application/json' }
  const posted = (body: unknown): RequestInit => ({ method: 'POST', headers: json, body: JSON.stringify(body) })
  const calls: readonly (readonly [string, RequestInit])[] = [
    [`${integrations}?key=${key}`, {}],
    [`${integrations}?cursor=${secret}&limit=${key}`, { headers: { authorization } }],
    [`${integrations}?sort=${secret}`, { headers: { authorization } }],
    [`${integrations}?search=${secret}`, { headers: { authorization } }],
    [`${integrations}/${secret}`, { headers: { authorization } }],
    [`${integrations}/${secret}/tokens/${token.slice(-100)}`, { headers: { authorization } }],
    [`${api}/scopes/${secret}`, { headers: { authorization } }],
    [`${api}/audit?actor=${secret}&since=${secret}`, { headers: { authorization } }],
    [`${api}/events`, { headers: { authorization: `Bearer ${secret}`, 'last-event-id': secret } }],
    [`${server.adminUrl}/metrics?token=${token}`, { headers: { authorization: `Bearer ${token}` } }],
    [`${server.adminUrl}/${secret}?${key}`, {}],
    [integrations, { headers: { authorization: `Basic ${Buffer.from(`admin:${key}`).toString('base64')}` } }],
    [integrations, { headers: { authorization: `${authorization}x` } }],
    [integrations, { headers: { authorization: key } }],
    [integrations, { method: 'POST', headers: json, body: `{"name":"${secret}` }],
    [integrations, posted({ name: secret })],
    [integrations, posted({ name: 'x', scopes: [PREDICT], issue_mode: { kind: secret } })],
    [integrations, posted({ name: 'x', scopes: [PREDICT], imported_secret: secret })],
    [integrations, posted({ name: 'x', scopes: [PREDICT], allowed_addresses: [secret] })],
    [integrations, { ...posted({ name: 'x' }), headers: { ...json, 'idempotency-key': `${secret} ${token}` } }],
    [integrations, { method: 'POST', headers: { ...json, 'content-type': 'text/plain' }, body: secret }],
    [`${api}/admin-keys`, posted({ name: 'x', role: key })],
    [`${api}/apply`, posted({ integrations: [{ name: 'x', scopes: [PREDICT], secret }] })],
    [`${api}/apply`, posted([secret, token, key])],
  ]
  const answers: string[] = []
  for (const [url, init] of calls) {
    const response = await fetch(url, init)
    answers.push(`${JSON.stringify([...response.headers])}\n${await response.text()}`)
  }
  return answers
}

const rawRequests = (secret: string, token: string): readonly string[] => [
  `POST /v1/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${secret}\r\n ${token}\r\n\r\n`,
  `${secret} ${token}\r\n\r\n`,
  `GET /?${secret} HTTP/1.1\r\nHost: ${secret}\r\n\r\n`,
  `POST /v1/token HTTP/1.1\r\nHost: x\r\nX: ${token.repeat(80)}\r\n\r\n`,
]

async function sendRaw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.end(text)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}
