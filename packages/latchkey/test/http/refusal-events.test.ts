// Refusals in the audit trail: at most one event a minute for each combination of an existing client, an address and a
// reason.
import { expect, test } from 'vitest'
import { PREDICT } from '../a-server.ts'
import { bareEndpoints } from '../bare-endpoints.ts'

const ASKED = `/v1/token?scope=${PREDICT}&grant_type=client_credentials`

const EVERYTHING = {
  limit: 1000,
  before: undefined,
  actor: undefined,
  target: undefined,
  since: undefined,
  until: undefined,
}

async function someEndpoints() {
  const endpoints = await bareEndpoints()
  const { ask, activity, auditTrail } = endpoints
  return {
    ...endpoints,
    guess: (clientId: string) =>
      ask({ path: ASKED, headers: [['Authorization', `Basic ${btoa(`${clientId}:wrong`)}`]] }),
    recorded: async () => {
      await activity.close()
      return auditTrail.page({ ...EVERYTHING, event: 'client.refused' })
    },
  }
}

test('a client that is refused repeatedly makes one event a minute, with reason and address', async () => {
  const { guess, integration, clock, recorded } = await someEndpoints()
  const { clientId } = await integration()
  for (let n = 0; n < 10; n++) await guess(clientId)
  clock.advance(60)
  await guess(clientId)
  const events = await recorded()
  expect(events).toHaveLength(2)
  expect(events[0]).toMatchObject({
    actor: { kind: 'system', address: '192.0.2.7' },
    target: { kind: 'integration', name: 'Billing sync' },
    after: { endpoint: 'token', reason: 'wrong_secret', address: '192.0.2.7' },
  })
})

test('each reason of a refusal makes an event of its own', async () => {
  const { ask, guess, integration, recorded } = await someEndpoints()
  const { clientId, basic } = await integration()
  await guess(clientId)
  await ask({ path: '/v1/token?scope=no.such&grant_type=client_credentials', headers: [basic] })
  expect((await recorded()).map(({ after }) => after['reason'])).toEqual(['scope_unknown', 'wrong_secret'])
})

test('refusals of unknown clients make no event, and do not count towards the limit', async () => {
  const { guess, integration, recorded } = await someEndpoints()
  for (let n = 0; n < 300; n++) await guess(`lk${String(n).padStart(14, '0')}`)
  await guess((await integration()).clientId)
  expect(await recorded()).toHaveLength(1)
})

test('at most a hundred refusals a minute are recorded', async () => {
  const { ask, guess, integration, recorded } = await someEndpoints()
  for (let n = 0; n < 60; n++) {
    const { clientId, basic } = await integration()
    await guess(clientId)
    await ask({ path: '/v1/token?scope=no.such&grant_type=client_credentials', headers: [basic] })
  }
  expect(await recorded()).toHaveLength(100)
})

test('a token that verify refuses makes no event, because such refusals are normal', async () => {
  const { ask, integration, recorded } = await someEndpoints()
  const { basic } = await integration()
  const token = async () =>
    (JSON.parse((await ask({ path: ASKED, headers: [basic] })).body) as { access_token: string }).access_token
  const first = await token()
  await token()
  const verify = { method: 'GET', path: '/v1/verify', headers: [['Authorization', `Bearer ${first}`]] } as const
  expect((await ask(verify)).status).toBe(401)
  expect(await recorded()).toEqual([])
})

test('an event is written later if the store does not accept it at first', async () => {
  const { guess, integration, activity, disk, auditTrail } = await someEndpoints()
  await guess((await integration()).clientId)
  const underWay = disk.hold()
  const failed = activity.close()
  await underWay
  disk.fail('lost')
  await failed
  disk.comeBack()
  disk.release()
  await new Promise((resolve) => setImmediate(resolve))
  await activity.close()
  expect(await auditTrail.page({ ...EVERYTHING, event: 'client.refused' })).toHaveLength(1)
})

test('a secret that was sent as a client ID is neither in the trail nor in the live events', async () => {
  const { ask, integration, activity } = await someEndpoints()
  const { clientId, clientSecret } = await integration()
  const swapped = btoa(`${clientSecret.reveal()}:${clientId}`)
  await ask({ path: ASKED, headers: [['Authorization', `Basic ${swapped}`]] })
  expect(JSON.stringify(activity.events.after(activity.events.lastId.replace(/-\d+$/, '-0')))).not.toContain(
    clientSecret.reveal(),
  )
})
