// The secrets of an integration: rotation with overlap, their end, their last use, and who looked one up.
import { createHash, randomUUID } from 'node:crypto'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { aServer, type TestIntegration, type TestServer, TestClock } from '../a-server.ts'

interface SecretView {
  readonly id: string
  readonly status: string
  readonly ends_at: string | null
  readonly revealable: boolean
  readonly last_used: { readonly address: string; readonly user_agent: string } | null
  readonly safe_to_retire: { readonly verdict: string; readonly why: string }
  readonly client_secret?: string
}

interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

function operator({ adminUrl, adminKey }: TestServer) {
  return async <Body = SecretView>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${adminUrl}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey.reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer: Answer<Body> = {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Body,
    }
    return answer
  }
}

const withSecret = (integration: TestIntegration, secret: string | undefined): TestIntegration => {
  const clientSecret = new Secret(secret ?? '')
  return { ...integration, clientSecret, basic: toBasicCredentials(integration.clientId, clientSecret) }
}

const secretsOf = async (server: TestServer, { id }: TestIntegration): Promise<readonly SecretView[]> =>
  (await operator(server)<{ items: SecretView[] }>('GET', `/integrations/${id}/secrets`)).body.items

const statusOf = async (server: TestServer, integration: TestIntegration) =>
  (await server.requestToken(integration)).status

describe('a rotation', () => {
  test('lets both secrets work for a day, then the new one only, and keeps the live token', async () => {
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

  test('with no overlap ends the old secret at the very next request', async () => {
    const server = await aServer()
    const before = await server.integration()
    const rotated = await operator(server)('POST', `/integrations/${before.id}/rotate-secret`, { overlap_seconds: 0 })
    const after = withSecret(before, rotated.body.client_secret)
    expect([await statusOf(server, before), await statusOf(server, after)]).toEqual([401, 200])
  })

  test('ends the live tokens when it is asked to, and only then', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const live = await server.token(integration)
    await operator(server)('POST', `/integrations/${integration.id}/rotate-secret`, { revoke_tokens: true })
    expect(await server.verify(live)).toEqual({ status: 401, reason: 'revoked' })
  })

  test('of an integration with two working secrets is refused, unless it ends both', async () => {
    const server = await aServer()
    const { id } = await server.integration()
    const rotate = (body: object) =>
      operator(server)<{ code?: string }>('POST', `/integrations/${id}/rotate-secret`, body)
    expect((await rotate({})).status).toBe(201)
    expect(await rotate({})).toMatchObject({ status: 409, body: { code: 'two_secrets_valid' } })
    expect((await rotate({ overlap_seconds: 0 })).status).toBe(201)
  })

  test('sent twice under one key is made once, and the second answer has no secret', async () => {
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
    [{ overlap_seconds: -1 }],
    [{ overlap_seconds: 2_592_001 }],
    [{ overlap_seconds: '60' }],
    [{ expires_at: 'tomorrow' }],
    [{ expires_at: '2020-01-01T00:00:00Z' }],
    [{ expires_at: '2030-02-30T00:00:00Z' }],
    [{ imported_secret: 'sha256:abc' }],
    [{ imported_secret: 'md5:d41d8cd98f00b204e9800998ecf8427e' }],
    [{ secret: 'mine' }],
  ])('%j is refused, and no secret is added', async (body) => {
    const server = await aServer()
    const integration = await server.integration()
    expect((await operator(server)('POST', `/integrations/${integration.id}/rotate-secret`, body)).status).toBe(400)
    expect(await secretsOf(server, integration)).toHaveLength(1)
  })

  test('under continuous load fails no token request', async () => {
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
    // Two more rounds of every worker: what was under way with the secret before has its answer.
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

test('the trail says until when the secret before still works, as a time', async () => {
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

describe('the last use', () => {
  test('of each secret is known by address and user agent, also after a restart', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const integration = await server.integration()
    await server.token(integration)
    const [secret] = await secretsOf(server, integration)
    expect(secret?.last_used).toMatchObject({ address: '127.0.0.1', user_agent: 'node' })
    const listed = await operator(server)('GET', `/integrations/${integration.id}`)
    expect(listed.body.last_used).toMatchObject({ address: '127.0.0.1', user_agent: 'node' })
  })

  test('answers whether a secret can be ended', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const before = await server.integration()
    const verdicts = async () => (await secretsOf(server, before)).map(({ safe_to_retire }) => safe_to_retire.verdict)
    await server.token(before)
    expect(await verdicts()).toEqual(['no'])
    const rotated = await operator(server)('POST', `/integrations/${before.id}/rotate-secret`, {
      overlap_seconds: 604_800,
    })
    const after = withSecret(before, rotated.body.client_secret)
    expect(await verdicts()).toEqual(['no', 'unknown'])
    clock.advance(86_400)
    expect(await verdicts()).toEqual(['unknown', 'unknown'])
    await server.token(after)
    expect(await verdicts()).toEqual(['yes', 'no'])
  })
})

describe('a secret that is ended', () => {
  test('authenticates nothing from then on, and is still told of', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const [secret] = await secretsOf(server, integration)
    const ended = await operator(server)('POST', `/integrations/${integration.id}/secrets/${secret?.id ?? ''}/end`)
    expect(ended.body).toMatchObject({ status: 'ended' })
    expect(await statusOf(server, integration)).toBe(401)
    expect(await secretsOf(server, integration)).toMatchObject([{ id: secret?.id, status: 'ended' }])
  })

  test('that the integration does not have is 404', async () => {
    const server = await aServer()
    const [one, other] = [await server.integration(), await server.integration()]
    const [secret] = await secretsOf(server, other)
    for (const act of ['end', 'reveal']) {
      const answer = await operator(server)('POST', `/integrations/${one.id}/secrets/${secret?.id ?? ''}/${act}`)
      expect(answer).toMatchObject({ status: 404, body: { code: 'unknown_secret' } })
    }
    expect(await statusOf(server, other)).toBe(200)
  })
})

describe('a look at a secret', () => {
  const reveal = async (server: TestServer, integration: TestIntegration) => {
    const [secret] = await secretsOf(server, integration)
    return operator(server)<{ client_secret?: string; code?: string }>(
      'POST',
      `/integrations/${integration.id}/secrets/${secret?.id ?? ''}/reveal`,
    )
  }

  test('shows it, and is on record', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const looked = await reveal(server, integration)
    expect(looked.body.client_secret === integration.clientSecret.reveal()).toBe(true)
    expect(looked.headers.get('cache-control')).toBe('no-store')
    const audit = await operator(server)<{ items: { event: string }[] }>('GET', `/audit?target=${integration.id}`)
    expect(audit.body.items.map(({ event }) => event)).toEqual(['secret.revealed', 'integration.created'])
    expect(JSON.stringify(audit.body)).not.toContain(integration.clientSecret.reveal())
  })

  test('can be had ten times a minute', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const integration = await server.integration()
    for (let i = 0; i < 10; i++) expect((await reveal(server, integration)).status).toBe(200)
    const refused = await reveal(server, integration)
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    clock.advance(60)
    expect((await reveal(server, integration)).status).toBe(200)
  })

  test('shows nothing where secrets are shown once', async () => {
    const server = await aServer({ env: { LATCHKEY_SECRET_REVEAL: 'never' } })
    const integration = await server.integration()
    expect((await secretsOf(server, integration))[0]?.revealable).toBe(false)
    expect(await reveal(server, integration)).toMatchObject({ status: 409, body: { code: 'secret_not_kept' } })
  })
})

describe('an imported secret', () => {
  test('works, is never shown, and cannot be looked up', async () => {
    const server = await aServer()
    const text = 'a secret of our own: ä%+'
    const imported_secret = `sha256:${createHash('sha256').update(text).digest('hex')}`
    const made = await operator(server)<{ id: string; client_id: string; client_secret?: string }>(
      'POST',
      '/integrations',
      {
        name: 'Moved here',
        scopes: ['machinelearning.predict'],
        imported_secret,
      },
    )
    expect(made.status).toBe(201)
    expect(made.body.client_secret).toBeUndefined()
    const { id, client_id: clientId } = made.body
    const integration = withSecret({ id, clientId, clientSecret: new Secret(''), basic: '' }, text)
    expect(await statusOf(server, integration)).toBe(200)
    const [secret] = await secretsOf(server, integration)
    expect(secret).toMatchObject({ origin: 'imported', revealable: false })
    const looked = await operator(server)('POST', `/integrations/${id}/secrets/${secret?.id ?? ''}/reveal`)
    expect(looked).toMatchObject({ status: 409, body: { code: 'secret_not_kept' } })
  })
})
