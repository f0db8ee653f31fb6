// The emergency revocation of a signing key through the admin API.
import { describe, expect, test } from 'vitest'
import { aServer, MODEL, PREDICT, TestClock, type TestIntegration } from '../a-server.ts'
import { events, kidOf, published, restarts, revoke, rotate, statuses } from '../signing-keys-api.ts'

describe('the revocation of the key that signs', () => {
  test('ends its tokens from the next verification on, and new tokens are accepted', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const [predict, model] = [await server.token(integration, PREDICT), await server.token(integration, MODEL)]
    // Fills the cache of verified signatures. If the later verification used this cache, it would accept the token.
    expect((await server.verify(predict)).status).toBe(200)
    const [leaked = ''] = await published(server)

    const answer = await revoke(server, leaked)
    expect(answer).toMatchObject({ kid: leaked, status: 'revoked', revoked_tokens: 2, accepted_until: null })
    expect(await server.verify(predict)).toEqual({ status: 401, reason: 'revoked' })
    expect(await server.verify(model)).toEqual({ status: 401, reason: 'revoked' })
    expect(await server.introspect(integration, predict)).toEqual({ active: false })
    expect(await published(server)).toEqual([answer.signing_kid])

    const fresh = await server.token(integration)
    expect(kidOf(fresh)).toBe(answer.signing_kid)
    expect((await server.verify(fresh)).status).toBe(200)
  })

  test('is still known after a restart', async () => {
    const start = restarts({ clock: new TestClock() })
    let server = await start()
    const token = await server.token(await server.integration())
    await revoke(server, kidOf(token))
    server = await start()
    expect(await server.verify(token)).toEqual({ status: 401, reason: 'revoked' })
    expect(await published(server)).toHaveLength(1)
  })

  test('makes the published next key the signing key', async () => {
    const server = await aServer()
    const [leaked = ''] = await published(server)
    const { kid: next } = await rotate(server)
    expect(await revoke(server, leaked)).toMatchObject({ signing_kid: next })
    expect(await published(server)).toEqual([next])
    expect(await statuses(server)).toEqual({ [leaked]: 'revoked', [next]: 'signing' })
  })

  test('gives the reason revoked only for tokens that this key really signed', async () => {
    const [ours, other] = [await aServer(), await aServer()]
    const strange = await other.token(await other.integration())
    const token = await ours.token(await ours.integration())
    await revoke(ours, kidOf(token))
    expect((await ours.verify(strange)).reason).toBe('bad_signature')
    const signature = token.slice(token.lastIndexOf('.') + 1)
    const altered = token.replace(signature, (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1))
    expect((await ours.verify(altered)).reason).toBe('bad_signature')
  })

  test('makes an integration in stable mode get a token that the new key signs', async () => {
    const server = await aServer()
    const integration = await server.integration({ mode: { kind: 'stable', renewBeforeSeconds: 60 } })
    const before = await server.token(integration)
    await revoke(server, kidOf(before))
    const after = await server.token(integration)
    expect((await server.verify(after)).status).toBe(200)
    expect((await server.verify(before)).reason).toBe('revoked')
  })
})

test('the revocation of a retired key does not end tokens of the signing key', async () => {
  const clock = new TestClock()
  const start = restarts({ clock })
  let server = await start()
  const integration = await server.integration()
  const before = await server.token(integration, PREDICT)
  await rotate(server)
  clock.advance(600)
  server = await start()
  clock.advance(60)
  const after = await server.token(integration, MODEL)

  expect(await revoke(server, kidOf(before))).toMatchObject({ revoked_tokens: 1, signing_kid: kidOf(after) })
  expect((await server.verify(before)).reason).toBe('revoked')
  expect((await server.verify(after)).status).toBe(200)
  expect(await published(server)).toEqual([kidOf(after)])
})

test('a revocation of the next key removes this key, and another rotation can begin', async () => {
  const server = await aServer()
  const token = await server.token(await server.integration())
  const { kid: next } = await rotate(server)
  expect(await revoke(server, next)).toMatchObject({ status: 'revoked', revoked_tokens: 0, signing_kid: kidOf(token) })
  expect(await published(server)).toEqual([kidOf(token)])
  expect((await server.verify(token)).status).toBe(200)
  expect((await rotate(server)).status).toBe('next')
})

test('a revoked key can be revoked again, without effect', async () => {
  const server = await aServer()
  const [leaked = ''] = await published(server)
  const first = await revoke(server, leaked)
  const reported = await events(server)
  expect(await revoke(server, leaked)).toEqual(first)
  expect(await events(server)).toEqual(reported)
})

test('after a revocation under load every older token is refused and every newer token is accepted', async () => {
  const server = await aServer()
  const integrations = await Promise.all(Array.from({ length: 8 }, () => server.integration()))
  const [leaked = ''] = await published(server)
  let isRevoked = false
  const tokens = await Promise.all(integrations.map((integration) => server.token(integration)))
  const client = async (integration: TestIntegration): Promise<string> => {
    while (!isRevoked) tokens.push(await server.token(integration))
    return server.token(integration)
  }
  const clients = integrations.map(client)
  const { signing_kid } = await revoke(server, leaked)
  isRevoked = true

  for (const token of await Promise.all(clients)) {
    expect(kidOf(token)).toBe(signing_kid)
    expect(await server.verify(token)).toEqual({ status: 200, reason: null })
  }
  const dead = tokens.filter((token) => kidOf(token) === leaked)
  expect(dead.length).toBeGreaterThanOrEqual(integrations.length)
  for (const token of dead) expect((await server.verify(token)).reason).toBe('revoked')
})
