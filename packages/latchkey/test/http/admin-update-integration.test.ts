// PATCH /admin/v1/integrations/{id}: changes, conflicts between editors, and invalid changes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { auditOf, created, INTEGRATIONS } from '../an-integration.ts'
import { aServer, MODEL, PREDICT } from '../a-server.ts'

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

const patch = (id: string, payload: object, ifMatch: string | undefined = '*') =>
  admin.ask({ method: 'PATCH', url: `${INTEGRATIONS}/${id}`, payload, headers: { 'if-match': ifMatch } })

describe('a change', () => {
  test('changes the given members only', async () => {
    const { id, client_secret, ...before } = await created(admin, { description: 'Nightly', tags: ['finance'] })
    const changed = {
      name: 'Invoice sync',
      tags: ['finance', 'nightly'],
      scopes: ['machinelearning.predict', 'machinelearning.model'],
      resource_server_for: ['machinelearning.model'],
      issue_mode: { kind: 'stable', renew_before_seconds: 60 },
      grace_seconds: 30,
      allowed_addresses: ['192.0.2.0/24', '2001:db8::1'],
    }
    const answer = await patch(id, changed, '"v1"')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ ...changed, description: 'Nightly', client_id: before.client_id })
    expect(answer.body).not.toContain(client_secret)
    const read = await admin.ask({ url: `${INTEGRATIONS}/${id}` })
    expect(read.json()).toEqual(answer.json())
    expect(read.headers['etag']).toBe(answer.headers['etag'])
  })

  test('is recorded with the old and the new value of each changed member', async () => {
    const { id } = await created(admin, { description: 'Nightly' })
    await patch(id, { name: 'Invoice sync', description: 'Nightly' })
    const [event] = await auditOf(admin, `?target=${id}`)
    expect(event).toMatchObject({
      event: 'integration.updated',
      actor: { id: 'adk_owner', address: '127.0.0.1' },
      target: { id, name: 'Billing sync' },
      before: { name: 'Billing sync' },
      after: { name: 'Invoice sync' },
    })
  })

  test('can be requested by client ID too', async () => {
    const { client_id } = await created(admin)
    expect((await patch(client_id, { name: 'Invoice sync' })).json()).toMatchObject({ name: 'Invoice sync' })
  })

  test('stores an address range in its canonical form', async () => {
    const { id } = await created(admin, { allowed_addresses: ['2001:DB8:0:0::/32', '::ffff:192.0.2.7'] })
    const { allowed_addresses } = (await admin.ask({ url: `${INTEGRATIONS}/${id}` })).json<{
      allowed_addresses: string[]
    }>()
    expect(allowed_addresses).toEqual(['2001:db8::/32', '192.0.2.7'])
  })
})

describe('two operators who edit the same integration', () => {
  test('with the same version conflict: the second change is refused completely', async () => {
    const { id } = await created(admin)
    expect((await patch(id, { name: 'First' }, '"v1"')).statusCode).toBe(200)
    const second = await patch(id, { name: 'Second', grace_seconds: 60 }, '"v1"')
    expect(second.json()).toMatchObject({ status: 412, code: 'stale_version' })
    expect((await admin.ask({ url: `${INTEGRATIONS}/${id}` })).json()).toMatchObject({
      name: 'First',
      grace_seconds: 0,
    })
  })

  test('at the same time conflict too: only one of ten changes succeeds', async () => {
    const { id } = await created(admin)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => patch(id, { name: `N${String(i)}` }, '"v1"')),
    )
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, ...Array<number>(9).fill(412)])
  })

  test('must send the version of the integration that they have read', async () => {
    const { id } = await created(admin)
    const answer = await admin.ask({ method: 'PATCH', url: `${INTEGRATIONS}/${id}`, payload: { name: 'N' } })
    expect(answer.json()).toMatchObject({ status: 428, code: 'if_match_needed' })
  })

  test.each(['v1', '"1"', 'W/"v1"', '"v1", "v2"', '"v0"', '"v99999999999999999"'])(
    'who send the malformed If-Match %s get an answer that shows the right form',
    async (ifMatch) => {
      const { id } = await created(admin)
      expect((await patch(id, { name: 'N' }, ifMatch)).json()).toMatchObject({ status: 400, code: 'invalid_request' })
    },
  )

  test.each(['disable', 'enable'])('conflict at %s if they send a wrong version', async (verb) => {
    const { id } = await created(admin)
    const act = (ifMatch: string) =>
      admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${id}/${verb}`, headers: { 'if-match': ifMatch } })
    expect((await act('"v7"')).statusCode).toBe(412)
    expect((await act('"v1"')).statusCode).toBe(200)
  })

  test('conflict at a deletion if they send a wrong version', async () => {
    const { id } = await created(admin)
    const remove = (ifMatch: string) =>
      admin.ask({ method: 'DELETE', url: `${INTEGRATIONS}/${id}`, headers: { 'if-match': ifMatch } })
    expect((await remove('"v7"')).statusCode).toBe(412)
    expect((await remove('"v1"')).statusCode).toBe(204)
  })
})

describe('an invalid change', () => {
  test.each([
    [{}, ''],
    [{ nickname: 'x' }, '/nickname'],
    [{ id: 'int_1' }, '/id'],
    [{ client_id: 'lk1' }, '/client_id'],
    [{ createdAt: 1 }, '/createdAt'],
    [{ secretHash: 'x' }, '/secretHash'],
    [{ status: 'disabled' }, '/status'],
    [{ name: 7 }, '/name'],
    [{ name: '' }, '/name'],
    [{ name: ' x' }, '/name'],
    [{ name: 'x'.repeat(10_000) }, '/name'],
    [{ name: 'a\u0000b' }, '/name'],
    [{ name: 'a\u202eb' }, '/name'],
    [{ name: '\u200b\u2060' }, '/name'],
    [{ name: null }, '/name'],
    [{ tags: ['a', 'a'] }, '/tags'],
    [{ tags: ['a', ' b'] }, '/tags/1'],
    [{ tags: ['a\nb'] }, '/tags/0'],
    [{ scopes: ['machinelearning.predict', 'machinelearning.Predict'] }, '/scopes/1'],
    [{ resource_server_for: ['nothing'] }, '/resource_server_for/0'],
    [{ allowed_addresses: ['10.0.0.1', '10.0.0.1/8'] }, '/allowed_addresses/1'],
    [{ allowed_addresses: ['localhost'] }, '/allowed_addresses/0'],
    [{ grace_seconds: 301 }, '/grace_seconds'],
    [{ grace_seconds: '30' }, '/grace_seconds'],
    [{ issue_mode: { kind: 'replace', renew_before_seconds: 5 } }, '/issue_mode/renew_before_seconds'],
    [{ issue_mode: 'stable' }, '/issue_mode'],
  ])('with %j is refused with a pointer, and nothing is changed', async (wrong, pointer) => {
    const { id, version } = await created(admin)
    const answer = await patch(id, { description: 'Changed as well', ...wrong })
    if (Object.keys(wrong).length === 0) {
      expect((await patch(id, {})).statusCode).toBe(400)
      return
    }
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ errors: { pointer: string }[] }>().errors.map((place) => place.pointer)).toContain(pointer)
    expect((await admin.ask({ url: `${INTEGRATIONS}/${id}` })).json()).toMatchObject({ version, description: '' })
  })

  test('with a __proto__ in the body is refused', async () => {
    const { id } = await created(admin)
    const answer = await admin.ask({
      method: 'PATCH',
      url: `${INTEGRATIONS}/${id}`,
      headers: { 'if-match': '*', 'content-type': 'application/json' },
      payload: '{"__proto__":{"name":"x"}}',
    })
    expect(answer.statusCode).toBe(400)
  })
})

describe('at the public endpoints', () => {
  test('a token of a removed scope is refused at the next check, and granting the scope again does not make the token live', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const [predict, model] = [await server.token(integration, PREDICT), await server.token(integration, MODEL)]
    const change = (scopes: readonly string[]) =>
      fetch(`${server.adminUrl}/admin/v1/integrations/${integration.id}`, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${server.adminKey.reveal()}`,
          'content-type': 'application/json',
          'if-match': '*',
        },
        body: JSON.stringify({ scopes }),
      })
    expect((await change([MODEL])).status).toBe(200)
    expect(await server.verify(predict)).toEqual({ status: 401, reason: 'revoked' })
    expect(await server.verify(model)).toEqual({ status: 200, reason: null })
    expect((await server.requestToken(integration, PREDICT)).status).toBe(400)
    await change([MODEL, PREDICT])
    expect(await server.verify(predict)).toEqual({ status: 401, reason: 'revoked' })
    expect(await server.verify(await server.token(integration, PREDICT))).toEqual({ status: 200, reason: null })
  })
})
