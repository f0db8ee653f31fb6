// The reports of the server about a load are compared with figures that are computed from the load itself.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printableText } from '../../../src/domain/printable-text.ts'
import type { LiveEvent } from '../../../src/ports/live-events.ts'
import { TestClock } from '../../a-server.ts'
import { anActivity } from './an-activity.ts'
import { ContentionModel } from './contention-model.ts'
import { anyLoad, type LoadedRequest, START } from './recorded-load.ts'

const SEED = 20_261_201
const LOADS = fc.sample(anyLoad, { seed: SEED, numRuns: 12 })

const answer = ({ clientId, scope, kind, request }: LoadedRequest) => ({
  clientId,
  scope,
  issued: { text: 'the text of the token', token: request.token, kind, superseded: request.superseded },
  requester: { address: request.address, userAgent: request.userAgent },
  credentialId: request.credentialId,
  subject: request.subject,
  graceSeconds: request.isConditional ? 60 : undefined,
})

function play(load: readonly LoadedRequest[], isWatched: boolean) {
  const clock = new TestClock(START)
  const activity = anActivity(clock)
  const before = activity.events.lastId
  const live: LiveEvent[] = []
  if (isWatched) activity.events.subscribe((event) => live.push(event))
  for (const loaded of load) {
    clock.advance(loaded.wait)
    activity.issued(answer(loaded))
  }
  return { activity, before, live }
}

/** The events of the load, computed from the load alone. */
function expectedOf(load: readonly LoadedRequest[]) {
  const model = new ContentionModel(10_000)
  const counts: { readonly clientId: string; readonly name: string; readonly at: number }[] = []
  const events: unknown[] = []
  for (const { clientId, scope, kind: given, request } of load) {
    const { token, superseded, address, userAgent, subject, at } = request
    // The activity shows wall-clock time: the time at which it started plus the monotonic time since then.
    const reported = { ...request, userAgent: printableText(userAgent), moment: START * 1000 + request.moment }
    const noticed = given === 'reused' && !request.isConditional ? undefined : model.notice(clientId, scope, reported)
    const kind = noticed === undefined ? 'reused' : noticed.isFirst && given === 'issued' ? 'issued' : 'shared'
    counts.push({ clientId, name: kind, at })
    if (kind === 'issued' && superseded !== undefined && superseded.expiresAt > token.issuedAt) {
      counts.push({ clientId, name: 'superseded', at })
    }
    const named = { clientId, scope, generation: token.generation, jti: token.jti, kind }
    const before = kind === 'issued' ? superseded?.jti : undefined
    events.push({ name: 'issuance', at, ...named, superseded: before, address, userAgent: reported.userAgent, subject })
    if (noticed?.raised !== undefined) events.push({ name: 'contention', at, slot: noticed.raised })
  }
  return { model, counts, events }
}

const NAMES = ['issued', 'shared', 'reused', 'superseded'] as const

describe.each(LOADS.map((load, n) => ({ load, n })))('on load $n', ({ load }) => {
  const { activity, before, live } = play(load, true)
  const { model, counts, events } = expectedOf(load)
  const now = load.reduce((at, { wait }) => at + wait, START)

  test('the reports count every request in its minute and its half hour', () => {
    const clients = [...new Set(load.map(({ clientId }) => clientId))]
    const reports = [
      { report: activity.server(), own: counts },
      ...clients.map((id) => ({
        report: activity.integration(id),
        own: counts.filter(({ clientId }) => clientId === id),
      })),
    ]
    for (const { report, own } of reports) {
      for (const [intervals, seconds] of [
        [report.activity.minutes, 60],
        [report.activity.halfHours, 1800],
      ] as const) {
        for (const interval of intervals) {
          const within = own.filter(({ at }) => at >= interval.at && at < interval.at + seconds)
          for (const name of NAMES) {
            expect(interval[name]).toBe(within.filter((counted) => counted.name === name).length)
          }
        }
      }
      expect(report.activity.halfHours.reduce((sum, { issued }) => sum + issued, 0)).toBeGreaterThan(0)
    }
  })

  test('the reports name the slots in contention', () => {
    expect(activity.server().contended).toEqual(model.contended(now * 1000))
    expect(activity.integration('lk0').contended).toEqual(model.contended(now * 1000, 'lk0'))
  })

  test('the counters of the metrics agree with the load', () => {
    const sums = Object.fromEntries(activity.counters.issued.entries())
    for (const name of ['issued', 'shared', 'reused'] as const) {
      expect(sums[name] ?? 0).toBe(counts.filter((counted) => counted.name === name).length)
    }
    expect(activity.counters.superseded).toBe(counts.filter(({ name }) => name === 'superseded').length)
  })

  test('a subscriber gets every event, and a reader that comes later gets the same events', () => {
    expect(live.map(({ happening }) => happening)).toEqual(events)
    expect(activity.events.after(before)).toEqual(live)
    const unwatched = play(load, false)
    const late = unwatched.activity.events.after(unwatched.before)
    expect(late?.map(({ happening }) => happening)).toEqual(events)
    // The events that the reader has received do not change, although the server reuses their records.
    for (let n = 0; n < 10; n++) for (const loaded of load) unwatched.activity.issued(answer(loaded))
    expect(late?.map(({ happening }) => happening)).toEqual(events)
  })
})
