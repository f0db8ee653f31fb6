// A server logs a warning when its clock differs from the clock of its database, and logs when the clocks agree again.
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import type { Clock } from '../../src/ports/clock.ts'
import { systemClock } from '../../src/system.ts'
import { aServer, type TestServer } from '../a-server.ts'
import { findingOf } from '../doctor-finding.ts'
import { aDatabase } from '../postgres/databases.ts'
import { admin, sharedEnv } from '../postgres/replicas.ts'

const SOON = { within: 30_000 }

/** The real clock, shifted by an offset that the test sets. */
class ShiftedClock implements Clock {
  seconds: number

  constructor(seconds: number) {
    this.seconds = seconds
  }

  now(): number {
    return systemClock.now() + this.seconds
  }

  monotonic(): number {
    return systemClock.monotonic()
  }
}

interface Observed extends TestServer {
  readonly clock: ShiftedClock
  /** The log lines about clocks. */
  readonly reported: Readonly<Record<string, unknown>>[]
}

async function aServerOff(url: string, seconds: number, first?: TestServer): Promise<Observed> {
  const [clock, reported]: [ShiftedClock, Readonly<Record<string, unknown>>[]] = [new ShiftedClock(seconds), []]
  const logged = (entry: Readonly<Record<string, unknown>>): void => {
    if (String(entry['event']).startsWith('clock.')) reported.push(entry)
  }
  const server = await aServer({ env: sharedEnv(url), clock, logged, ...(first && { adminKey: first.adminKey }) })
  return { ...server, clock, reported }
}

const offsetAt = async (server: TestServer): Promise<unknown> => {
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const facts = (await (await fetch(`${server.adminUrl}/admin/v1/server`, { headers })).json()) as {
    readonly database_clock_offset_seconds: unknown
  }
  return facts.database_clock_offset_seconds
}

const metricAt = async (server: TestServer): Promise<number> => {
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const text = await (await fetch(`${server.adminUrl}/metrics`, { headers })).text()
  return Number(/^latchkey_database_clock_offset_seconds (\S+)$/m.exec(text)?.[1])
}

const doctorOf = (server: TestServer) => findingOf(server, 'clock of the database')

describe.skipIf(!has('postgresql'))('a server', () => {
  test('reports the size of a clock difference once when the difference begins, and reports once when it has ended', async () => {
    const url = await aDatabase()
    const right = await aServerOff(url, 0)
    const late = await aServerOff(url, -30, right)
    await eventually(() => late.reported.length > 0, { ...SOON, what: 'the late one says so' })
    expect(late.reported).toMatchObject([{ event: 'clock.apart', level: 40, database: 'ahead' }])
    expect(Math.abs(Number(late.reported[0]?.['seconds']) - 30)).toBeLessThanOrEqual(2)
    expect(Math.abs(Number(await offsetAt(late)) - 30)).toBeLessThanOrEqual(2)
    expect(Math.abs((await metricAt(late)) - 30)).toBeLessThanOrEqual(2)
    expect(await doctorOf(late)).toMatchObject({
      status: 'problem',
      found: expect.stringMatching(/ahead of the server's/) as string,
    })

    late.clock.seconds = 0
    await eventually(() => late.reported.length > 1, { ...SOON, what: 'the late one says that it is over' })
    late.clock.seconds = 40
    await eventually(() => late.reported.length > 2, { ...SOON, what: 'it is early now' })
    expect(late.reported).toMatchObject([
      { event: 'clock.apart' },
      { event: 'clock.together', level: 30 },
      { event: 'clock.apart', database: 'behind' },
    ])
    expect(right.reported).toEqual([])
    expect(await offsetAt(right)).toBe(0)
    expect(await doctorOf(right)).toMatchObject({ status: 'ok' })
  })

  test('whose clock is hours ahead does not start the next step of a key rotation too early', async () => {
    const url = await aDatabase()
    const right = await aServerOff(url, 0)
    const statuses = async (server: TestServer): Promise<readonly unknown[]> => {
      const { items } = (await (await admin(server, 'GET', '/keys')).json()) as {
        readonly items: readonly { readonly status: unknown }[]
      }
      return items.map(({ status }) => status).toSorted()
    }
    expect((await admin(right, 'POST', '/keys/rotate')).status).toBe(201)
    // A starting server takes every step that is due by its clock.
    const ahead = await aServerOff(url, 7200, right)
    expect(await statuses(ahead)).toEqual(['next', 'signing'])
    expect(await statuses(right)).toEqual(['next', 'signing'])
  })

  test('with an embedded store does not compare its clock with another clock', async () => {
    const server = await aServer({ clock: new ShiftedClock(-30) })
    expect(await offsetAt(server)).toBeNull()
    expect(await metricAt(server)).toBeNaN()
    expect(await doctorOf(server)).toBeUndefined()
  })
})
