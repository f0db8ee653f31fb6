// The rotation of a client secret: with and without an overlap of the two secrets, under load, and with a repeated
// request.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { aServer, TestClock } from '../a-server.ts'
import { operator, secretsOf, statusOf, withSecret } from '../some-secrets.ts'

describe('a rotation', () => {
  test('keeps both secrets valid for a day, then only the new secret, and does not end the live token', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const before = await server.integration()
    const live = await server.token(before)
    const rotated = await operator(server)('POST', `/integrations/${before.id}/rotate-secret`)
    expect(rotated.status).toBe(201)
    expect(rotated.headers.get('cache-control')).toBe('no-store')
    expect(await server.verify(live)).toEqual({ status: 200, reason: null })
    const after = withSecret(before, rotated.body.client_secret)
    expect([await statusOf(server, before), await statusOf(server, after)]).toEqual([200, 200])
    clock.advance(86_399)
    expect(await statusOf(server, before)).toBe(200)
    clock.advance(1)
    expect([await statusOf(server, before), await statusOf(server, after)]).toEqual([401, 200])
  })

  test('without an overlap ends the old secret at the next request', async () => {
    const server = await aServer()
    const before = await server.integration()
    const rotated = await operator(server)('POST', `/integrations/${before.id}/rotate-secret`, { overlap_seconds: 0 })
    const after = withSecret(before, rotated.body.client_secret)
    expect([await statusOf(server, before), await statusOf(server, after)]).toEqual([401, 200])
  })

  test('ends the live tokens only if the request says so', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const live = await server.token(integration)
    await operator(server)('POST', `/integrations/${integration.id}/rotate-secret`, { revoke_tokens: true })
    expect(await server.verify(live)).toEqual({ status: 401, reason: 'revoked' })
  })

  test('of an integration with two valid secrets is refused, unless the request ends both secrets', async () => {
    const server = await aServer()
    const { id } = await server.integration()
    const rotate = (body: object) =>
      operator(server)<{ code?: string }>('POST', `/integrations/${id}/rotate-secret`, body)
    expect((await rotate({})).status).toBe(201)
    expect(await rotate({})).toMatchObject({ status: 409, body: { code: 'two_secrets_valid' } })
    expect((await rotate({ overlap_seconds: 0 })).status).toBe(201)
  })

  test('of an integration with two valid secrets ends at once the secret that the request names, and keeps the other for the overlap', async () => {
    const server = await aServer()
    const first = await server.integration()
    const path = `/integrations/${first.id}/rotate-secret`
    const second = withSecret(first, (await operator(server)('POST', path)).body.client_secret)
    const [{ id: firstId } = { id: '' }] = await secretsOf(server, first)
    expect(await operator(server)('POST', path, { end_secret: 'sec_other' })).toMatchObject({
      status: 404,
      body: { code: 'unknown_secret' },
    })
    expect(await statusOf(server, first)).toBe(200)
    const third = withSecret(first, (await operator(server)('POST', path, { end_secret: firstId })).body.client_secret)
    const statuses = [await statusOf(server, first), await statusOf(server, second), await statusOf(server, third)]
    expect(statuses).toEqual([401, 200, 200])
  })

  test('sent twice with one Idempotency-Key happens once, and the second answer has no secret', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const key = { 'idempotency-key': randomUUID() }
    const path = `/integrations/${integration.id}/rotate-secret`
    const rotate = (body: object) => operator(server)('POST', path, body, key)
    const answers = [await rotate({ overlap_seconds: 60 }), await rotate({ overlap_seconds: 60 })]
    expect(answers.map(({ status }) => status)).toEqual([201, 200])
    expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true')
    expect(answers[1]?.body).toMatchObject({ id: answers[0]?.body.id })
    expect(answers[1]?.body.client_secret).toBeUndefined()
    expect(await secretsOf(server, integration)).toHaveLength(2)
    expect(await rotate({ overlap_seconds: 61 })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  })

  test.each([
    ['/overlap_seconds', { overlap_seconds: -1 }],
    ['/overlap_seconds', { overlap_seconds: 2_592_001 }],
    ['/overlap_seconds', { overlap_seconds: '60' }],
    ['/expires_at', { expires_at: 'tomorrow' }],
    ['/expires_at', { expires_at: '2020-01-01T00:00:00Z' }],
    ['/expires_at', { expires_at: '2030-02-30T00:00:00Z' }],
    ['/imported_secret', { imported_secret: 'sha256:abc' }],
    ['/imported_secret', { imported_secret: 'md5:d41d8cd98f00b204e9800998ecf8427e' }],
    ['/secret', { secret: 'mine' }],
    ['', ['sha256:abc']],
  ])('with an unusable %s is refused with its pointer, and adds no secret', async (pointer, body) => {
    const server = await aServer()
    const integration = await server.integration()
    const path = `/integrations/${integration.id}/rotate-secret`
    const refused = await operator(server)<{ detail: string; errors: object[] }>('POST', path, body)
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
    expect(refused.body.detail).toMatch(new RegExp(`^${pointer === '' ? 'The body' : pointer} `))
    expect(await secretsOf(server, integration)).toHaveLength(1)
  })

  test('lets every token request under continuous load succeed', async () => {
    const server = await aServer()
    let current = await server.integration()
    const statuses: number[] = []
    const rounds = Array<number>(8).fill(0)
    let isOver = false
    const load = Promise.all(
      rounds.map(async (_, worker) => {
        while (!isOver) {
          statuses.push(await statusOf(server, current))
          rounds[worker] = (rounds[worker] ?? 0) + 1
        }
      }),
    )
    // After two more requests by each worker, no request with the old secret is in flight.
    const rolledOut = async (): Promise<void> => {
      const from = [...rounds]
      while (rounds.some((round, worker) => round < (from[worker] ?? 0) + 2)) await new Promise(setImmediate)
    }
    for (let rotation = 0; rotation < 5; rotation++) {
      const [old] = (await secretsOf(server, current)).filter(({ status }) => status === 'active')
      const rotated = await operator(server)('POST', `/integrations/${current.id}/rotate-secret`, {
        overlap_seconds: 60,
      })
      await rolledOut()
      current = withSecret(current, rotated.body.client_secret)
      await rolledOut()
      await operator(server)('POST', `/integrations/${current.id}/secrets/${old?.id ?? ''}/end`)
    }
    await rolledOut()
    isOver = true
    await load
    expect(statuses.length).toBeGreaterThan(100)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })
})

test('the audit trail shows until when the old secret is valid', async () => {
  const clock = new TestClock(1_800_000_000)
  const server = await aServer({ clock })
  const { id } = await server.integration()
  await operator(server)('POST', `/integrations/${id}/rotate-secret`, { overlap_seconds: 60 })
  const audit = await operator(server)<{ items: { after: object }[] }>(
    'GET',
    `/audit?event=secret.rotated&target=${id}`,
  )
  expect(audit.body.items[0]?.after).toMatchObject({ others_end_at: '2027-01-15T08:01:00Z', live_tokens: 'keep' })
})
