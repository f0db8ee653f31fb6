// After use, the memory of a server contains client IDs, but no client secret and no token in any form.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { type Answer, Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { createIntegration, type Integration, PREDICT } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

/** The number of rounds. Each round makes two tokens. */
const EACH = 500
/** A user agent that is longer than the part that the server keeps. */
const USER_AGENT = `an-agent/1.0 (${'of many words '.repeat(12)})`
/**
 * The start of an X-Forwarded-For header, as the caller sent it. The proxy appends the client's address, and the server
 * keeps only that address.
 */
const CALLER_SENT = 'an-invented-hop '.repeat(20).trim()
const CLIENT_ADDRESS = '203.0.113.177'
const WITHIN = { within: 60_000, what: 'the server writes a heap snapshot' }

/** Makes the server write a heap snapshot into the folder, and returns the text of the snapshot. */
async function heapOf(server: RealServer, folder: string): Promise<string> {
  server.kill('SIGUSR2')
  const isThere = (): string | undefined => readdirSync(folder).find((name) => name.endsWith('.heapsnapshot'))
  const file = await eventually(isThere, WITHIN)
  // The server writes the snapshot in one turn of the event loop, so the file is complete once it answers again.
  await (await fetch(`${server.publicUrl}/livez`)).text()
  return readFileSync(join(folder, file), 'utf8')
}

const form = (fields: Readonly<Record<string, string>>) => ({
  path: '/v1/token',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    'x-forwarded-for': `${CALLER_SENT}, ${CLIENT_ADDRESS}`,
  },
  body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT, ...fields }).toString(),
})

const tokenOf = ({ status, body }: Answer): string => {
  expect(status).toBe(200)
  return (JSON.parse(body) as { access_token: string }).access_token
}

/**
 * Sends right and wrong credentials, in header and body, of known and unknown clients. Returns each text that must not
 * stay in the server's memory.
 */
async function use(server: RealServer, clients: readonly Integration[]): Promise<readonly string[]> {
  const connection = new Connection(server, { userAgent: USER_AGENT })
  const handed: string[] = []
  for (let n = 0; n < EACH; n++) {
    const client = clients[n % clients.length] as Integration
    const { clientId, clientSecret } = client
    const wrong = new Secret(`lks_${String(n).padStart(36, 'Wrong')}`)
    const unknown = `lkunknown${String(n).padStart(7, '0')}`
    const tokens = [
      tokenOf(await connection.requestToken(client)),
      tokenOf(await connection.send(form({ client_id: clientId, client_secret: clientSecret.reveal() }))),
    ]
    const [old = '', live = ''] = tokens
    expect((await connection.verify(live)).status).toBe(200)
    expect((await connection.verify(old)).status).toBe(401)
    handed.push(...tokens, ...tokens.map((token) => token.split('.')[2] ?? ''), clientSecret.reveal(), wrong.reveal())
    if (n % 2 === 0) continue
    const refused = [
      await connection.requestToken({ basic: toBasicCredentials(clientId, wrong) }),
      await connection.requestToken({ basic: toBasicCredentials(unknown, wrong) }),
      await connection.send(form({ client_id: clientId, client_secret: wrong.reveal() })),
      await connection.send(form({ client_id: `${unknown}b`, client_secret: wrong.reveal() })),
    ]
    for (const { status } of refused) expect([401, 429]).toContain(status)
  }
  connection.close()
  return handed
}

/**
 * Sends requests without a secret. They overwrite what the last request left on the stack and in the buffers of its
 * connection.
 */
async function rest(server: RealServer): Promise<void> {
  const connection = new Connection(server)
  for (let n = 0; n < 50; n++) {
    expect((await connection.send({ path: '/v1/token' })).status).toBe(401)
    expect((await connection.send({ method: 'GET', path: '/v1/verify' })).status).toBe(401)
  }
  connection.close()
}

test('after a thousand tokens and refusals the memory contains no secret and no token', async () => {
  const folder = aTemporaryFolder()
  const options = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`
  const env = {
    LATCHKEY_SIGNING_ALG: 'ES256',
    LATCHKEY_DEMO: 'off',
    LATCHKEY_LOG_LEVEL: 'debug',
    LATCHKEY_TRUSTED_PROXIES: '127.0.0.1',
    NODE_OPTIONS: options,
  }
  const server = await startRealServer({ env })
  const clients = await Promise.all(Array.from({ length: 20 }, () => createIntegration(server)))
  const handed = new Set(await use(server, clients))
  await rest(server)
  const heap = await heapOf(server, folder)
  // The client ID is in memory and the search finds it, so the search would find secrets too.
  expect(heap.includes(clients[0]?.clientId ?? '?')).toBe(true)
  expect(heap.includes('lkunknown0000001')).toBe(true)
  expect(heap.includes(USER_AGENT.slice(0, 100))).toBe(true)
  expect(heap.includes(CLIENT_ADDRESS)).toBe(true)
  const found = (pattern: RegExp): readonly string[] => heap.match(pattern) ?? []
  const secrets = found(/lks_[\w-]{30,}/g)
  const tokens = found(/eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/g)
  // Every base64 text whose plain text begins with `lk`.
  const pairs = found(/bG[st][A-Za-z0-9+/]{60,}/g)
  const pieces = found(/[\w-]{36,}/g).filter((text) => handed.has(text))
  // The assertion shows only numbers, because a failing test must not print secrets.
  const counts = [secrets, tokens, pairs, pieces].map(({ length }) => length)
  expect(counts).toEqual([0, 0, 0, 0])
  // The server keeps only a part of these headers, so the whole headers must be gone too.
  expect(heap.includes(USER_AGENT)).toBe(false)
  expect(heap.includes(CALLER_SENT)).toBe(false)
})
