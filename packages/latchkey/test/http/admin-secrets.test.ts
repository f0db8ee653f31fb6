// The secrets of an integration: their last use, ending a secret, and showing a secret again.
import { createHash } from 'node:crypto'
import { Secret } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { aServer, type TestIntegration, type TestServer, TestClock } from '../a-server.ts'
import { operator, secretsOf, statusOf, withSecret } from '../some-secrets.ts'

async function usedOnce(clock = new TestClock()): Promise<readonly [TestServer, TestIntegration]> {
  const server = await aServer({ clock, env: { LATCHKEY_DATA_DIR: aFolder({}) } })
  const integration = await server.integration()
  await server.token(integration)
  return [server, integration]
}

async function restarted(server: TestServer): Promise<TestServer> {
  await server.stop()
  return aServer({ env: { LATCHKEY_DATA_DIR: server.dataDir } })
}

describe('the last use', () => {
  test('of each secret has address and user agent, also after a restart', async () => {
    const [server, integration] = await usedOnce()
    const check = async (running: TestServer) => {
      const [secret] = await secretsOf(running, integration)
      expect(secret?.last_used).toMatchObject({ address: '127.0.0.1', user_agent: 'node' })
      const listed = await operator(running)('GET', `/integrations/${integration.id}`)
      expect(listed.body.last_used).toMatchObject({ address: '127.0.0.1', user_agent: 'node' })
    }
    await check(server)
    await check(await restarted(server))
  })

  test('of an integration is the last use of its most recently used secret, also after a restart', async () => {
    const clock = new TestClock()
    const [server, before] = await usedOnce(clock)
    const rotated = await operator(server)('POST', `/integrations/${before.id}/rotate-secret`)
    for (const requested of [before, withSecret(before, rotated.body.client_secret), before]) {
      clock.advance(1)
      await server.token(requested)
    }
    const lastUse = async (of: TestServer) => (await operator(of)('GET', `/integrations/${before.id}`)).body.last_used
    const known = await lastUse(server)
    expect(await lastUse(await restarted(server))).toEqual(known)
  })

  test('shows whether a secret can be ended safely', async () => {
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

describe('an ended secret', () => {
  test('authenticates no request, and is still listed', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const [secret] = await secretsOf(server, integration)
    const ended = await operator(server)('POST', `/integrations/${integration.id}/secrets/${secret?.id ?? ''}/end`)
    expect(ended.body).toMatchObject({ status: 'ended' })
    expect(await statusOf(server, integration)).toBe(401)
    expect(await secretsOf(server, integration)).toMatchObject([{ id: secret?.id, status: 'ended' }])
  })

  test('is answered 404 under another integration', async () => {
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

describe('revealing a secret', () => {
  const reveal = async (server: TestServer, integration: TestIntegration) => {
    const [secret] = await secretsOf(server, integration)
    return operator(server)<{ client_secret?: string; code?: string }>(
      'POST',
      `/integrations/${integration.id}/secrets/${secret?.id ?? ''}/reveal`,
    )
  }

  test('shows the secret, and is recorded', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const looked = await reveal(server, integration)
    expect(looked.body.client_secret === integration.clientSecret.reveal()).toBe(true)
    expect(looked.headers.get('cache-control')).toBe('no-store')
    const audit = await operator(server)<{ items: { event: string }[] }>('GET', `/audit?target=${integration.id}`)
    expect(audit.body.items.map(({ event }) => event)).toEqual(['secret.revealed', 'integration.created'])
    expect(JSON.stringify(audit.body)).not.toContain(integration.clientSecret.reveal())
  })

  test('is allowed ten times a minute', async () => {
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

  test('is refused on a server that shows secrets only once', async () => {
    const server = await aServer({ env: { LATCHKEY_SECRET_REVEAL: 'never' } })
    const integration = await server.integration()
    expect((await secretsOf(server, integration))[0]?.revealable).toBe(false)
    expect(await reveal(server, integration)).toMatchObject({ status: 409, body: { code: 'secret_not_kept' } })
  })
})

describe('an imported secret', () => {
  test('is valid, is never shown, and cannot be revealed', async () => {
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
