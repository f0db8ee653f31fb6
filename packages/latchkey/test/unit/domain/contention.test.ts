// Contention is found if callers keep superseding each other's tokens, and not if clients renew in time.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AnsweredRequest,
  contentionAt,
  curesOf,
  MAX_SOURCES,
  noTraffic,
  observe,
  QUIET_MS,
  RAISED_BY,
  type SlotTraffic,
  type Source,
  unconditionalAmong,
  WINDOW_MS,
} from '../../../src/domain/contention.ts'
import type { RecordedToken } from '../../../src/domain/slot.ts'

const LIFETIME = 3600
const START = 1_800_000_000

const source = (name: string): Source => ({
  address: `192.0.2.${name}`,
  userAgent: 'curl/8',
  credentialId: 'sec_1',
  subject: undefined,
})

const sourceOf = ({ address, userAgent, credentialId, subject }: AnsweredRequest): Source => ({
  address,
  userAgent,
  credentialId,
  subject,
})

const tokenAt = (second: number, generation: number): RecordedToken => ({
  generation,
  jti: `jti-${String(generation)}`,
  issuedAt: START + second,
  expiresAt: START + second + LIFETIME,
  audience: 'api://default',
})

/**
 * Requests in the order of their answers. Each has its source (the program that sent it), the second of its answer, and
 * whether it was answered with the same token as the request before.
 */
interface Asked {
  readonly by: string
  readonly second: number
  readonly shares?: true
  /** True if the request says which token it replaces (`latchkey_replaces`). */
  readonly names?: true
}

function play(requested: readonly Asked[]): SlotTraffic {
  const traffic = noTraffic()
  for (const request of requestsOf(requested)) observe(traffic, request)
  return traffic
}

function requestsOf(requested: readonly Asked[]): readonly AnsweredRequest[] {
  const tokens: RecordedToken[] = []
  return requested.map(({ by, second, shares, names }) => {
    if (shares === undefined || tokens.length === 0) tokens.push(tokenAt(second, tokens.length + 1))
    const [superseded, token] = [tokens.at(-2), tokens.at(-1) as RecordedToken]
    const isConditional = names === true
    return { ...source(by), token, isConditional, superseded, at: START + second, moment: second * 1000 }
  })
}

const every = (seconds: number, count: number, ...by: readonly string[]): readonly Asked[] =>
  Array.from({ length: count }, (_, n) => ({ by: by[n % by.length] ?? '1', second: n * seconds }))

describe('two callers that request tokens in turn', () => {
  test('are in contention at the third supersession within a minute, not before', () => {
    expect(play(every(10, 3, '1', '2')).contention).toBeUndefined()
    expect(play(every(10, 4, '1', '2')).contention).toMatchObject({ kind: 'several_sources', supersessions: 3 })
  })

  test('are both named, with the number and the time of their requests', () => {
    expect(play(every(10, 4, '1', '2')).sources).toMatchObject([
      { address: '192.0.2.1', requests: 2, lastSeen: START + 20 },
      { address: '192.0.2.2', requests: 2, lastSeen: START + 30 },
    ])
  })

  test('are not in contention if three supersessions take more than a minute', () => {
    expect(play(every(31, 40, '1', '2')).contention).toBeUndefined()
  })

  test.each<[string, Source]>([
    ['address', { ...source('1'), address: '198.51.100.7' }],
    ['user agent', { ...source('1'), userAgent: 'python-requests/2' }],
    ['secret', { ...source('1'), credentialId: 'sec_2' }],
    ['proven subject', { ...source('1'), subject: 'payments/worker pod worker-2' }],
  ])('are distinguished by their %s', (_what, other) => {
    const requests = requestsOf(every(10, 4)).map((request, n) => (n % 2 === 0 ? request : { ...request, ...other }))
    const traffic = noTraffic()
    for (const request of requests) observe(traffic, request)
    expect(traffic.contention?.kind).toBe('several_sources')
  })
})

describe('callers that say which token they replace', () => {
  const naming = (requested: readonly Asked[]): readonly Asked[] =>
    requested.map((one) => ({ ...one, names: true as const }))

  test('are in contention of the kind refused_early if they replace tokens early', () => {
    const { contention } = play(naming(every(10, 4, '1', '2')))
    expect(contention).toMatchObject({ kind: 'refused_early', supersessions: 3 })
    expect(contention && curesOf({ kind: contention.kind, sources: [] })).toEqual(['find_the_refusal'])
  })

  test('are not in contention if they renew in the second half of the life of a token', () => {
    expect(play(naming(every(LIFETIME / 2 + 1, 10, '1', '2'))).contention).toBeUndefined()
  })

  test('are in contention with a caller that does not say it and ends their tokens', () => {
    const begun = naming(every(10, 4, '1'))
    const { contention, sources } = play([...begun, { by: '2', second: 35 }])
    expect(contention?.kind).toBe('several_sources')
    expect(curesOf({ kind: 'several_sources', sources })[0]).toBe('name_the_token')
    expect(unconditionalAmong(sources).map(({ address }) => address)).toEqual(['192.0.2.2'])
  })

  test('get no advice to say it if all of them do or none of them does', () => {
    for (const requested of [every(10, 4, '1', '2'), naming(every(10, 4, '1', '2'))]) {
      const { sources } = play(requested)
      expect(curesOf({ kind: 'several_sources', sources })).not.toContain('name_the_token')
    }
  })
})

describe('one caller', () => {
  test('that requests a token for each call is in contention with itself', () => {
    expect(play(every(1, 4, '1')).contention?.kind).toBe('one_source')
  })

  test('becomes one of several when another caller joins', () => {
    const alone = every(1, 4, '1')
    expect(play([...alone, { by: '2', second: 5 }]).contention?.kind).toBe('several_sources')
  })

  test('that renews in the second half of a token’s life is never in contention, even if that life is short', () => {
    const traffic = noTraffic()
    for (let n = 1; n < 50; n++) {
      const [before, token] = [n - 1, n].map((turn) => ({
        ...tokenAt(5 * turn, turn),
        expiresAt: START + 5 * turn + 10,
      }))
      const at = START + 5 * n
      observe(traffic, {
        ...source('1'),
        token: token as RecordedToken,
        isConditional: false,
        superseded: before,
        at,
        moment: 5000 * n,
      })
      expect(traffic.contention).toBeUndefined()
    }
  })
})

describe('at the limits of the rules,', () => {
  const contentionOf = (requested: readonly Asked[]) => play(requested).contention

  test('three supersessions within exactly a minute are a contention, and three within a second more are no contention', () => {
    const atSeconds = (...seconds: number[]) => seconds.map((second): Asked => ({ by: '1', second }))
    expect(contentionOf(atSeconds(0, 5, 35, 65))).toBeDefined()
    expect(contentionOf(atSeconds(0, 5, 35, 66))).toBeUndefined()
  })

  test('a token that is superseded at half its life is renewed in time, and a token that is superseded a second earlier is renewed too early', () => {
    const raised = (age: number): boolean => {
      const traffic = noTraffic()
      for (let n = 1; n <= RAISED_BY; n++) {
        const token = tokenAt(n, n + 1)
        const superseded = { ...tokenAt(n - age, n), expiresAt: START + n - age + 2 * 50 }
        observe(traffic, { ...source('1'), token, isConditional: false, superseded, at: START + n, moment: n * 1000 })
      }
      return traffic.contention !== undefined
    }
    expect([raised(49), raised(50)]).toEqual([true, false])
  })

  test('a source not seen for five minutes is forgotten', () => {
    const sources = (second: number) =>
      play([
        { by: '1', second: 0 },
        { by: '2', second },
      ]).sources.length
    expect([sources(QUIET_MS / 1000 - 1), sources(QUIET_MS / 1000)]).toEqual([2, 1])
  })

  test('eight sources are named, and a ninth replaces the least recently seen one', () => {
    const traffic = play(['1', '2', '3', '1', '4', '5', '6', '7', '8', '9'].map((by, second) => ({ by, second })))
    expect(traffic.sources.map(({ address }) => address.split('.').at(-1))).toEqual([
      '3',
      '1',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
    ])
  })

  test('a report about an older token that arrives late is not a supersession', () => {
    const requests = requestsOf(every(1, 3, '1'))
    const traffic = noTraffic()
    for (const request of [requests[2], requests[1], requests[2], requests[1], requests[2]]) {
      observe(traffic, request as AnsweredRequest)
    }
    expect(traffic.early.filter(Number.isFinite)).toEqual([2000])
  })
})

describe('requests that share an issuance', () => {
  test('count as one supersession, and each of them counts for its source', () => {
    const together = (second: number): readonly Asked[] => [
      { by: '1', second },
      { by: '2', second, shares: true },
      { by: '2', second, shares: true },
    ]
    expect(play([...together(0), ...together(1), ...together(2)]).contention).toBeUndefined()
    const traffic = play([...together(0), ...together(1), ...together(2), ...together(3)])
    expect(traffic.contention).toMatchObject({ supersessions: 3, kind: 'several_sources' })
    expect(traffic.sources).toMatchObject([{ requests: 4 }, { requests: 8 }])
  })

  test('before any token was superseded are no contention', () => {
    expect(
      play([
        { by: '1', second: 0 },
        ...Array.from({ length: 20 }, () => ({ by: '2', second: 0, shares: true as const })),
      ]).contention,
    ).toBeUndefined()
  })
})

describe('a contention', () => {
  test('ends after five minutes without an early supersession, and not a millisecond earlier', () => {
    const traffic = play(every(10, 4, '1', '2'))
    expect(contentionAt(traffic, 30_000 + QUIET_MS - 1)).toBeDefined()
    expect(contentionAt(traffic, 30_000 + QUIET_MS)).toBeUndefined()
  })

  test('starts again later, with its own beginning and the present sources', () => {
    const calm = QUIET_MS / 1000 + 40
    const again = every(10, 3, '3', '4').map((requested) => ({ ...requested, second: requested.second + calm }))
    const traffic = play([...every(10, 4, '1', '2'), ...again])
    expect(traffic.contention).toMatchObject({ since: START + calm + 20, supersessions: 3 })
    expect(traffic.sources.map(({ address }) => address)).toEqual(['192.0.2.4', '192.0.2.3'])
  })

  test('has remedies, and separating the callers is the first remedy only for several sources', () => {
    expect(curesOf({ kind: 'several_sources', sources: [] })[0]).toBe('separate_integrations')
    expect(curesOf({ kind: 'one_source', sources: [] })).not.toContain('separate_integrations')
  })
})

const anyHistory = fc
  .array(fc.record({ by: fc.integer({ min: 1, max: 12 }), wait: fc.nat({ max: 90 }), shares: fc.boolean() }), {
    maxLength: 60,
  })
  .map((steps) => {
    let second = 0
    return steps.map(({ by, wait, shares }): Asked => {
      if (!shares) second += wait
      return { by: String(by), second, ...(shares && { shares }) }
    })
  })

describe('for any sequence of requests,', () => {
  test('a contention begins exactly when three early supersessions are within a minute of each other', () => {
    fc.assert(
      fc.property(anyHistory, (requested) => {
        const moments: number[] = []
        let since: number | undefined
        const traffic = noTraffic()
        let generation = 0
        for (const request of requestsOf(requested)) {
          const last = moments.at(-1)
          if (last !== undefined && request.moment - last >= QUIET_MS) [moments.length, since] = [0, undefined]
          if (request.token.generation > generation && request.superseded !== undefined) {
            moments.push(request.moment)
            const third = moments.at(-RAISED_BY)
            if (third !== undefined && request.moment - third <= WINDOW_MS) since ??= request.at
          }
          generation = request.token.generation
          observe(traffic, request)
          expect(traffic.contention?.since).toBe(since)
        }
      }),
    )
  })

  test('the memory stays limited, and the caller of the last request is remembered', () => {
    fc.assert(
      fc.property(anyHistory, (requested) => {
        const traffic = noTraffic()
        for (const request of requestsOf(requested)) {
          observe(traffic, request)
          expect(traffic.sources.length).toBeLessThanOrEqual(MAX_SOURCES)
          expect(traffic.early.length).toBeLessThanOrEqual(RAISED_BY)
          expect(traffic.sources.at(-1)).toMatchObject(sourceOf(request))
        }
      }),
    )
  })

  test('with up to eight callers within five minutes every request is counted', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ by: fc.integer({ min: 1, max: 8 }), shares: fc.boolean() })), (steps) => {
        const requested = steps.map(({ by, shares }, n): Asked => ({
          by: String(by),
          second: n,
          ...(shares && { shares: true }),
        }))
        const inTime = requested.slice(0, QUIET_MS / 1000)
        const counted = play(inTime).sources.reduce((sum, { requests }) => sum + requests, 0)
        expect(counted).toBe(inTime.length)
      }),
    )
  })
})
