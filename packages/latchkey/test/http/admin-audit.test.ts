// The audit trail in the admin API: filters, export, and the check of the hash chain.
import { describe, expect, test } from 'vitest'
import { aFirstOwner, anOperator } from '../a-browser.ts'
import { anAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { auditOf, created, INTEGRATIONS } from '../an-integration.ts'
import { aServer, PREDICT } from '../a-server.ts'
import { operator, secretsOf } from '../some-secrets.ts'

const aBusyListener = async (): Promise<{ admin: TestAdminListener; id: string }> => {
  const admin = await anAdminListener()
  const { id } = await created(admin)
  await admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${id}/disable` })
  await admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${id}/enable` })
  await created(admin, { name: '=HYPERLINK("http://192.0.2.1","x")' })
  return { admin, id }
}

describe('the trail', () => {
  test('has every change and its actor, the newest first', async () => {
    const { admin, id } = await aBusyListener()
    const events = await auditOf(admin)
    expect(events.map(({ event }) => event)).toEqual([
      'integration.created',
      'integration.enabled',
      'integration.disabled',
      'integration.created',
    ])
    expect(events.map(({ seq }) => seq)).toEqual([4, 3, 2, 1])
    expect(events[2]).toMatchObject({ target: { id }, before: { status: 'active' }, after: { status: 'disabled' } })
  })

  test('has no event for a refused change or for a change without effect', async () => {
    const { admin, id } = await aBusyListener()
    await admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${id}/enable` })
    await admin.ask({ method: 'POST', url: INTEGRATIONS, payload: { name: 'x', scopes: ['none'] } })
    expect(await auditOf(admin)).toHaveLength(4)
  })

  test('has one event for each change, and no event if nothing changes', async () => {
    const server = await aServer()
    const integration = await server.integration()
    await server.token(integration)
    const { id } = integration
    const ask = operator(server)
    await Promise.all([1, 2, 3].map(() => ask('POST', `/integrations/${id}/disable`)))
    await ask('POST', `/integrations/${id}/enable`)
    await ask('DELETE', `/integrations/${id}/tokens`)
    const token = await server.token(integration)
    await ask('DELETE', `/integrations/${id}/tokens`)
    await ask('PATCH', `/integrations/${id}`, { name: 'Billing sync' }, { 'if-match': '*' })
    const [secret] = await secretsOf(server, integration)
    for (let i = 0; i < 2; i++) await ask('POST', `/integrations/${id}/secrets/${secret?.id ?? ''}/end`)
    const { body } = await ask<{ items: { event: string; after: object }[] }>('GET', `/audit?target=${id}`)
    expect(body.items.map(({ event }) => event)).toEqual([
      'secret.ended',
      'tokens.revoked',
      'integration.enabled',
      'integration.disabled',
      'integration.created',
    ])
    expect(body.items[1]?.after).toEqual({ revoked_scopes: [PREDICT] })
    expect((await server.verify(token)).reason).toBe('revoked')
  })

  test.each([
    ['event=integration.created', 2],
    ['actor=adk_owner', 4],
    ['actor=adk_nobody', 0],
    ['since=2020-01-01T00:00:00Z', 4],
    ['until=2020-01-01T00:00:00Z', 0],
    ['since=2020-01-01T00:00:00%2B02:00&event=integration.enabled', 1],
  ])('filtered by %s has %i events', async (query, count) => {
    const { admin } = await aBusyListener()
    expect(await auditOf(admin, `?${query}`)).toHaveLength(count)
  })

  test.each(['since=yesterday', 'until=2026-13-01T00:00:00Z', 'limit=0', 'cursor=x', 'target=a&target=b', 'who=me'])(
    'the query %s is refused',
    async (query) => {
      const admin = await anAdminListener()
      expect((await admin.ask({ url: `/admin/v1/audit?${query}` })).statusCode).toBe(400)
    },
  )

  test('is paged without gaps', async () => {
    const { admin } = await aBusyListener()
    const first = (await admin.ask({ url: '/admin/v1/audit?limit=3' })).json<{
      items: { seq: number }[]
      next_cursor: string
    }>()
    const rest = await auditOf(admin, `?limit=3&cursor=${first.next_cursor}`)
    expect([...first.items, ...rest].map(({ seq }) => seq)).toEqual([4, 3, 2, 1])
  })
})

describe('the export', () => {
  test('as JSON Lines has one event per line, and the number of events in a header', async () => {
    const { admin } = await aBusyListener()
    const answer = await admin.ask({ url: '/admin/v1/audit/export?format=jsonl' })
    const lines = answer.body.trim().split('\n')
    expect(answer.headers['x-total-count']).toBe('4')
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([4, 3, 2, 1])
  })

  test('as CSV has no cell that a spreadsheet would execute as a formula', async () => {
    const { admin } = await aBusyListener()
    const answer = await admin.ask({ url: '/admin/v1/audit/export?format=csv&event=integration.created' })
    const [head, first] = answer.body.split('\r\n')
    expect(head).toMatch(/^seq,at,event,/)
    expect(first).toContain(`"'=HYPERLINK(""http://192.0.2.1"",""x"")"`)
    expect(answer.headers['content-type']).toContain('text/csv')
  })

  test('is open to a viewer, and contains no secret', async () => {
    const server = await aServer()
    const { clientSecret } = await server.integration({ name: 'Exported' })
    const owner = await aFirstOwner(server)
    const viewer = await anOperator(server, owner, { email: 'viewer@example.com', role: 'viewer' })
    for (const format of ['jsonl', 'csv']) {
      const answer = await viewer.ask('GET', `/admin/v1/audit/export?format=${format}`)
      const text = await answer.text()
      expect([format, answer.status]).toEqual([format, 200])
      expect(text).toContain('integration.created')
      expect(text).not.toContain(clientSecret.reveal())
    }
  })
})

test('the check of an intact chain reports the length of the chain and its last hash', async () => {
  const { admin } = await aBusyListener()
  const answer = await admin.ask({ url: '/admin/v1/audit/verify' })
  const anchor = expect.stringMatching(/^4:[0-9a-f]{64}$/) as string
  expect(answer.json()).toEqual({ intact: true, checked: 4, from_seq: 1, to_seq: 4, anchor })
})

test('GET /audit/verify accepts the anchor of an earlier export, after more events were recorded', async () => {
  const { admin, id } = await aBusyListener()
  const { headers } = await admin.ask({ url: '/admin/v1/audit/export?format=jsonl' })
  const anchor = String(headers['x-audit-anchor'])
  await admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${id}/disable` })
  const check = async (expected: string) => {
    const answer = await admin.ask({ url: `/admin/v1/audit/verify?expect=${expected}` })
    return { status: answer.statusCode, ...answer.json<{ intact?: boolean; problem?: { seq: number } }>() }
  }
  expect(await check(anchor)).toMatchObject({ status: 200, intact: true })
  expect(await check(`4:${'0'.repeat(64)}`)).toMatchObject({ status: 200, intact: false, problem: { seq: 4 } })
  expect(await check(`99:${'0'.repeat(64)}`)).toMatchObject({ status: 200, intact: false, problem: { seq: 99 } })
  expect(await check('4')).toMatchObject({ status: 400 })
})
