// The activity of the server: counts of requests by interval, and callers that end each other's tokens (contention).
import { describe, expect, test } from 'vitest'
import type { Overview } from '../../src/http/contract/admin-api.ts'
import { aServer, MODEL, PREDICT, TestClock, type TestServer } from '../a-server.ts'
import { aFolder } from '../a-folder.ts'
import { requestTokenFrom } from '../token-from.ts'

/** The start of an hour. */
const NOON = 1_800_000_000

async function ask(server: TestServer, path: string): Promise<{ readonly status: number; readonly body: Overview }> {
  const answer = await fetch(`${server.adminUrl}/admin/v1${path}`, {
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })
  return { status: answer.status, body: (await answer.json()) as Overview }
}

const read = async (server: TestServer, path: string): Promise<Overview> => (await ask(server, path)).body

describe('the overview', () => {
  test('counts tokens, supersessions, refusals and verdicts by minute', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    const integration = await server.integration()
    const first = await server.token(integration)
    await server.verify(first)
    clock.advance(60)
    await server.token(integration)
    await server.verify(first)
    await server.requestToken(integration, 'no.such.scope')
    const { since, minutes, half_hours } = await read(server, '/overview')
    expect(since).toBe('2027-01-15T08:00:00Z')
    expect(minutes).toMatchObject([
      { at: '2027-01-15T08:00:00Z', issued: 1, superseded: 0, accepted: 1, refused: {}, denied: {} },
      {
        at: '2027-01-15T08:01:00Z',
        issued: 1,
        superseded: 1,
        accepted: 0,
        refused: { scope_unknown: 1 },
        denied: { superseded: 1 },
      },
    ])
    expect(half_hours).toMatchObject([{ at: '2027-01-15T08:00:00Z', issued: 2, superseded: 1 }])
  })

  test('counts the tokens that were superseded in the first half of their lifetime', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    const integration = await server.integration()
    await server.token(integration)
    clock.advance(1799)
    await server.token(integration)
    clock.advance(1800)
    await server.token(integration)
    const { last_24_hours } = await read(server, '/overview')
    expect(last_24_hours).toMatchObject({ superseded: 2, superseded_early: 1 })
  })

  test('shows the sums of the last hour and of the last day', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    const integration = await server.integration()
    await server.token(integration)
    clock.advance(2 * 3600)
    await server.token(integration)
    await server.requestToken(integration, 'a b')
    const { last_hour, last_24_hours } = await read(server, '/overview')
    expect(last_hour).toMatchObject({ issued: 1, superseded: 0, refused: { scope_several: 1 } })
    expect(last_24_hours).toMatchObject({ issued: 2, superseded: 0 })
  })

  test('shows the sums of the hour before the last hour, if the server ran during all of that hour', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    const integration = await server.integration()
    await server.token(integration)
    clock.advance(60 * 60)
    await server.token(integration)
    expect(await read(server, '/overview')).toMatchObject({ previous_hour: null, previous_24_hours: null })
    clock.advance(59 * 60)
    expect(await read(server, '/overview')).toMatchObject({
      last_hour: { issued: 1 },
      previous_hour: { issued: 1 },
      previous_24_hours: null,
    })
    clock.advance(46 * 60 * 60)
    expect(await read(server, '/overview')).toMatchObject({
      last_24_hours: { issued: 0 },
      previous_24_hours: { issued: 2 },
    })
  })

  test('has the latency of token requests only for minutes with such requests', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    await server.token(await server.integration())
    clock.advance(60)
    const { minutes } = await read(server, '/overview')
    expect(minutes.map(({ token_latency_ms }) => token_latency_ms === null)).toEqual([false, true])
  })

  test('omits the intervals that ended before the given time', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    clock.advance(40 * 60)
    const { since, minutes, half_hours } = await read(server, '/overview?since=2027-01-15T08:39:30Z')
    expect(since).toBe('2027-01-15T08:00:00Z')
    expect(minutes.map(({ at }) => at)).toEqual(['2027-01-15T08:39:00Z', '2027-01-15T08:40:00Z'])
    expect(half_hours.map(({ at }) => at)).toEqual(['2027-01-15T08:30:00Z'])
  })

  test.each(['yesterday', '', '1800000000', '2027-02-30T00:00:00Z'])('refuses since=%j', async (since) => {
    const server = await aServer()
    const { status, body } = await ask(server, `/overview?since=${since}`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ parameter: 'since' }] })
  })

  test('counts by the monotonic clock: setting the wall clock changes no interval', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    clock.step(-86_400)
    clock.advance(60)
    expect((await read(server, '/overview')).minutes.map(({ at }) => at)).toEqual([
      '2027-01-15T08:00:00Z',
      '2027-01-15T08:01:00Z',
    ])
  })
})

describe('the activity of an integration', () => {
  test('counts that integration only, by id and by client ID', async () => {
    const server = await aServer({ clock: new TestClock(NOON) })
    const [mine, other] = [await server.integration(), await server.integration()]
    await server.token(mine)
    await server.token(other)
    await server.token(other, MODEL)
    await server.requestToken({ ...mine, basic: `Basic ${btoa(`${mine.clientId}:wrong`)}` })
    for (const name of [mine.id, mine.clientId]) {
      const activity = await read(server, `/integrations/${name}/activity`)
      expect(activity).toMatchObject({ integration_id: mine.id, client_id: mine.clientId })
      expect(activity.minutes).toMatchObject([{ issued: 1, refused: { wrong_secret: 1 } }])
    }
  })

  test('is zero for an integration that was never used', async () => {
    const server = await aServer({ clock: new TestClock(NOON) })
    const { id } = await server.integration()
    const { since, minutes, contention } = await read(server, `/integrations/${id}/activity`)
    expect(since).toBe('2027-01-15T08:00:00Z')
    expect(minutes).toMatchObject([{ issued: 0, refused: {} }])
    expect(contention).toEqual([])
  })

  test('of an unknown integration is 404', async () => {
    const server = await aServer()
    const { status, body } = await ask(server, '/integrations/int_0/activity')
    expect(status).toBe(404)
    expect(body).toMatchObject({ code: 'unknown_integration' })
  })

  test('counts requests that shared a new token, and requests that got the live token again', async () => {
    const server = await aServer({ clock: new TestClock(NOON) })
    const integration = await server.integration({ mode: { kind: 'stable', renewBeforeSeconds: 300 } })
    await Promise.all([server.token(integration), server.token(integration), server.token(integration)])
    await server.token(integration)
    const { last_hour } = await read(server, `/integrations/${integration.id}/activity`)
    const { issued, shared, reused } = last_hour
    expect({ issued, answered: issued + shared + reused }).toEqual({ issued: 1, answered: 4 })
    expect(reused).toBeGreaterThan(0)
  })
})

describe('after a restart', () => {
  test('the overview continues with the earlier counts, but the counts of an integration start from zero and show their start time', async () => {
    const clock = new TestClock(NOON)
    const env = { LATCHKEY_DATA_DIR: aFolder() }
    const first = await aServer({ clock, env })
    const integration = await first.integration()
    const token = await first.token(integration)
    await first.verify(token)
    await first.requestToken(integration, 'no.such.scope')
    expect(await read(first, '/overview')).toMatchObject({ restarted_at: null, incomplete_before: null })
    clock.advance(90)
    await first.stop()
    const second = await aServer({ clock, env })
    await second.token(integration)
    const overview = await read(second, '/overview')
    expect(overview).toMatchObject({
      since: '2027-01-15T08:00:00Z',
      restarted_at: '2027-01-15T08:01:30Z',
      incomplete_before: null,
      last_hour: { issued: 2, superseded: 1, refused: { scope_unknown: 1 } },
      minutes: [{ issued: 1, accepted: 1 }, { issued: 1 }],
    })
    expect(overview.minutes.every(({ token_latency_ms }) => token_latency_ms !== null)).toBe(true)
    expect(await read(second, `/integrations/${integration.id}/activity`)).toMatchObject({
      since: '2027-01-15T08:01:30Z',
      restarted_at: '2027-01-15T08:01:30Z',
      last_hour: { issued: 1 },
    })
  })
})

describe('the counts by hour of an integration', () => {
  test('are in the list of integrations and in each integration: tokens, refused requests and refused tokens', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    const [mine, other] = [await server.integration(), await server.integration()]
    const first = await server.token(mine)
    clock.advance(3600)
    await server.token(mine)
    await server.token(mine)
    await server.verify(first)
    await server.requestToken(mine, 'no.such.scope')
    clock.advance(3600)
    const hourly = {
      ...{ since: '2027-01-15T08:00:00Z', from: '2027-01-15T08:00:00Z' },
      ...{ issued: [1, 2, 0], refused: [0, 1, 0], denied: [0, 1, 0] },
    }
    const none = [0, 0, 0]
    expect((await ask(server, `/integrations/${mine.id}`)).body).toMatchObject({ hourly })
    expect((await ask(server, '/integrations')).body).toMatchObject({
      items: [
        { id: mine.id, hourly },
        { id: other.id, hourly: { issued: none, refused: none, denied: none } },
      ],
    })
  })
})

test('the overview lists the latest hundred contentions (callers that end each other’s tokens), and the total number', async () => {
  const clock = new TestClock(NOON)
  const server = await aServer({ clock })
  const integrations = await Promise.all(Array.from({ length: 102 }, () => server.integration()))
  for (const integration of integrations) {
    for (let n = 0; n < 4; n++) await server.token(integration)
    clock.advance(1)
  }
  const { contention, contended_slots } = await read(server, '/overview')
  expect(contended_slots).toBe(102)
  expect(contention.map(({ client_id }) => client_id)).toEqual(
    integrations
      .map(({ clientId }) => clientId)
      .toReversed()
      .slice(0, 100),
  )
})

describe('two clients that share an integration and request a token for each call', () => {
  test('are both reported within a minute, with their scope and the remedies', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    const integration = await server.integration()
    for (let turn = 0; turn < 4; turn++) {
      expect(await requestTokenFrom(`127.0.0.${String(1 + (turn % 2))}`, server.issuer, integration)).toBe(200)
      clock.advance(15)
    }
    const { contention } = await read(server, `/integrations/${integration.id}/activity`)
    expect(contention).toMatchObject([{ kind: 'several_sources', scope: PREDICT, supersessions: 3 }])
    expect(contention[0]?.sources).toMatchObject([
      { address: '127.0.0.2', user_agent: 'naive-client/127.0.0.2', requests: 2 },
      { address: '127.0.0.1', user_agent: 'naive-client/127.0.0.1', requests: 2 },
    ])
    expect(contention[0]?.cures.map(({ code }) => code)).toEqual(['separate_integrations', 'stable_mode', 'agent'])
    expect((await read(server, '/overview')).contention).toHaveLength(1)
  })

  test('are no longer reported after five minutes without requests', async () => {
    const clock = new TestClock(NOON)
    const server = await aServer({ clock })
    const integration = await server.integration()
    for (const address of ['127.0.0.1', '127.0.0.2', '127.0.0.1', '127.0.0.2']) {
      await requestTokenFrom(address, server.issuer, integration)
    }
    expect((await read(server, '/overview')).contention).toHaveLength(1)
    clock.advance(300)
    expect((await read(server, '/overview')).contention).toEqual([])
    expect((await read(server, `/integrations/${integration.id}/activity`)).contention).toEqual([])
  })

  test('are not reported if the integration is in stable mode, or if each client has its own integration', async () => {
    const server = await aServer({ clock: new TestClock(NOON) })
    const stable = await server.integration({ mode: { kind: 'stable', renewBeforeSeconds: 300 } })
    const [one, other] = [await server.integration(), await server.integration()]
    for (let turn = 0; turn < 3; turn++) {
      for (const address of ['127.0.0.1', '127.0.0.2']) await requestTokenFrom(address, server.issuer, stable)
      await requestTokenFrom('127.0.0.1', server.issuer, one)
      await requestTokenFrom('127.0.0.2', server.issuer, other)
    }
    expect((await read(server, '/overview')).contention).toEqual([])
  })
})
