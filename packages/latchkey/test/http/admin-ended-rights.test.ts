// After the server has answered a revocation of an admin key or a removal of an operator, the requests of that key or
// operator that are still in flight have no effect.
import { get, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AdminKey, AuditEvent, AuditPage, CreatedAdminKey, List } from '../../src/http/contract/admin-api.ts'
import { aFirstOwner, anOperator } from '../a-browser.ts'
import { aServer, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { readEvents } from '../event-reader.ts'
import { operator } from '../some-secrets.ts'

const aLeakedKey = async (server: TestServer, role: 'viewer' | 'editor' | 'owner'): Promise<CreatedAdminKey> =>
  (await operator(server)<CreatedAdminKey>('POST', '/admin-keys', { name: 'Leaked', role })).body

const ask = ({ adminUrl }: TestServer, { admin_key }: CreatedAdminKey, method: string, path: string, body?: object) =>
  fetch(`${adminUrl}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${admin_key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })

async function revoke({ adminUrl, adminKey }: TestServer, { id }: CreatedAdminKey): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey.reveal()}` }
  const answer = await fetch(`${adminUrl}/admin/v1/admin-keys/${id}`, { method: 'DELETE', headers })
  expect(answer.status).toBe(204)
}

/**
 * Resolves when the server has recorded the use of the key, which shows that the server has admitted a request of the
 * key.
 */
async function isUsed(server: TestServer, { id }: CreatedAdminKey): Promise<boolean> {
  const { items } = (await operator(server)<List<AdminKey>>('GET', '/admin-keys')).body
  return items.some((key) => key.id === id && key.last_used !== null)
}

/** Returns the events of the audit trail, the oldest first. */
const trail = async (server: TestServer): Promise<readonly AuditEvent[]> =>
  (await operator(server)<AuditPage>('GET', '/audit?limit=200')).body.items.toReversed()

const declaring = (count: number, of: string) => ({
  integrations: Array.from({ length: count }, (_, n) => ({ name: `${of} ${String(n)}`, scopes: [PREDICT] })),
})

describe('a change that was admitted before its key was revoked', () => {
  test('is refused completely if it still waits in the queue, and the trail has no event of the key after its revocation', async () => {
    const server = await aServer()
    const leaked = await aLeakedKey(server, 'editor')
    const answers = Array.from({ length: 40 }, (_, n) =>
      ask(server, leaked, 'POST', '/apply', declaring(3, `Declared ${String(n)}`)),
    )
    await Promise.race(answers)
    await revoke(server, leaked)
    const statuses = await Promise.all(answers.map(async (answer) => (await answer).status))
    const refused = statuses.filter((status) => status === 401).length
    expect(refused).toBeGreaterThan(0)
    expect(refused + statuses.filter((status) => status === 200).length).toBe(40)
    const events = await trail(server)
    const end = events.findIndex(({ event }) => event === 'admin_key.revoked')
    expect(events.slice(end).filter(({ actor }) => actor.id === leaked.id)).toEqual([])
    expect(events.filter(({ actor }) => actor.id === leaked.id)).toHaveLength((40 - refused) * 3)
  })

  test('publishes no signing key if it waits while that key is made', async () => {
    const server = await aServer({ env: { LATCHKEY_SIGNING_ALG: 'RS256' } })
    const leaked = await aLeakedKey(server, 'owner')
    const rotation = ask(server, leaked, 'POST', '/keys/rotate')
    // The recorded use of the admin key shows that the server has admitted the request. Making an RSA key takes longer
    // than a revocation.
    await expect.poll(() => isUsed(server, leaked), { interval: 1 }).toBe(true)
    await revoke(server, leaked)
    const answer = await rotation
    const keys = (await operator(server)<{ items: object[] }>('GET', '/keys')).body.items.length
    expect([answer.status, keys]).toEqual(answer.status === 401 ? [401, 1] : [201, 2])
    expect((await trail(server)).at(-1)?.event).toBe('admin_key.revoked')
  })
})

test('a change is refused if its operator is removed while the change waits', async () => {
  const server = await aServer()
  const owner = await aFirstOwner(server)
  const editor = await anOperator(server, owner, { email: 'editor@example.com', role: 'editor' })
  const { items } = (await operator(server)<{ items: { id: string; email: string }[] }>('GET', '/operators')).body
  const { id = '' } = items.find(({ email }) => email === 'editor@example.com') ?? {}
  const answers = Array.from({ length: 40 }, (_, n) =>
    editor.ask('POST', '/admin/v1/apply', declaring(3, `By hand ${String(n)}`)),
  )
  await Promise.race(answers)
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const removed = await fetch(`${server.adminUrl}/admin/v1/operators/${id}`, { method: 'DELETE', headers })
  expect(removed.status).toBe(204)
  const refused = (await Promise.all(answers)).filter(({ status }) => status === 401)
  expect(refused.length).toBeGreaterThan(0)
  expect(await refused[0]?.json()).toMatchObject({ code: 'session_ended' })
  const events = await trail(server)
  const end = events.findIndex(({ event }) => event === 'operator.removed')
  expect(events.slice(end).filter(({ actor }) => actor.id === id)).toEqual([])
})

test('an event stream sends no event that happens after the server has answered the revocation of its key', async () => {
  const server = await aServer()
  const integration = await server.integration()
  for (let n = 0; n < 5; n++) {
    const leaked = await aLeakedKey(server, 'viewer')
    const events = await readEvents(`${server.adminUrl}/admin/v1/events`, leaked.admin_key)
    await server.token(integration)
    await events.next('issuance')
    await revoke(server, leaked)
    await server.token(integration)
    await expect(events.next('issuance')).rejects.toThrow('the stream has ended')
    expect(events.skipped().filter(({ data }) => data['event'] === 'admin_key.revoked')).toEqual([])
  }
})

describe('while a long audit trail is read', () => {
  const much = {
    description: '\u6f22'.repeat(500),
    tags: Array.from({ length: 20 }, (_, n) => '\u6f22'.repeat(38) + String(n + 10)),
    allowed_addresses: Array.from({ length: 50 }, (_, n) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${String(n + 1000)}`),
  }
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
    for (let n = 0; n < 12; n++) {
      const { integrations } = declaring(100, `Chunk ${String(n)}`)
      const body = { integrations: integrations.map((entry) => ({ ...entry, ...much })) }
      expect((await operator(server)('POST', '/apply', body)).status).toBe(200)
    }
  })
  afterAll(() => server.stop())

  test('a request is refused if its key is revoked while the server reads the trail', async () => {
    for (let seen = 0; seen < 3;) {
      const leaked = await aLeakedKey(server, 'viewer')
      let isRevoked = false
      // The server checks the chain of the audit trail in pieces, and a revocation can happen between two pieces.
      const checking = ask(server, leaked, 'GET', '/audit/verify').then((answer) => ({ answer, isRevoked }))
      await expect.poll(() => isUsed(server, leaked), { interval: 1 }).toBe(true)
      await revoke(server, leaked)
      isRevoked = true
      const { answer, isRevoked: wasRevoked } = await checking
      const body = await answer.text()
      if (!wasRevoked) continue
      expect([answer.status, body]).toEqual([401, expect.stringContaining('admin_key_needed')])
      seen++
    }
  })

  test('an export breaks off when the key of its reader is revoked', async () => {
    const leaked = await aLeakedKey(server, 'viewer')
    const answer = await exportBegun(leaked.admin_key)
    await revoke(server, leaked)
    const { lines, end } = await read(answer)
    expect(end).toBe('aborted')
    expect(lines).toBeLessThan(Number(answer.headers['x-total-count']))
  })

  test('an export with multi-byte characters reaches a slow reader completely', async () => {
    const answer = await exportBegun(server.adminKey.reveal())
    // The server has checked the whole chain of the audit trail. It has sent all bytes that the network buffers hold,
    // and waits for the reader.
    await operator(server)('GET', '/audit/verify')
    expect(await read(answer)).toEqual({ lines: Number(answer.headers['x-total-count']), end: 'whole' })
  })

  /**
   * Starts an export and does not read it. The network buffers hold a part of the bytes, and the server keeps the rest.
   */
  const exportBegun = (key: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${key}` }
      get(`${server.adminUrl}/admin/v1/audit/export?format=jsonl`, { headers, agent: false }, resolve).once(
        'error',
        reject,
      )
    })

  const read = async (answer: IncomingMessage): Promise<{ readonly lines: number; readonly end: string }> => {
    let lines = 0
    try {
      for await (const text of answer.setEncoding('utf8') as AsyncIterable<string>) lines += text.split('\n').length - 1
      return { lines, end: 'whole' }
    } catch (cause) {
      return { lines, end: (cause as Error).message }
    }
  }
})
