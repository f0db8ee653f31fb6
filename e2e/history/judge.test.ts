// Tests of the judge: it accepts allowed histories and rejects others.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { violations } from './judge.ts'
import { type Act, isUnanswered, type Operation, type Verdict } from './operation.ts'
import { NEW_SLOT, step } from './slot-model.ts'

const issue = (jti: string, generation: number): Act => ({ kind: 'issue', jti, generation })
const check = (jti: string, verdict: Verdict): Act => ({ kind: 'check', jti, verdict })
const revoke = (jti: string): Act => ({ kind: 'revoke', jti })
const at = (from: number, to: number, act: Act): Operation => ({ from, to, act })

const judged = (...operations: readonly Operation[]): readonly string[] => violations(new Map([['slot', operations]]))
const inTurn = (...acts: readonly Act[]): readonly Operation[] => acts.map((act, n) => at(n * 10, n * 10 + 5, act))

describe('the judge, given a possible history,', () => {
  test('accepts one token after another', () => {
    expect(
      judged(
        ...inTurn(
          ...[issue('A', 1), check('A', 'live'), issue('B', 2), check('A', 'superseded'), check('B', 'live')],
          ...[revoke('B'), check('B', 'revoked'), issue('C', 4), revoke('A'), check('C', 'live')],
          ...[{ kind: 'disable' as const }, check('C', 'integration_disabled'), { kind: 'issue_refused' as const }],
          ...[{ kind: 'enable' as const }, check('C', 'revoked'), check('B', 'superseded'), issue('D', 9)],
        ),
      ),
    ).toEqual([])
  })

  test('accepts an old token that is live while its successor is being committed', () => {
    expect(
      judged(
        at(0, 5, issue('A', 1)),
        at(10, 50, issue('B', 2)),
        at(20, 30, check('A', 'live')),
        at(31, 35, check('A', 'not_live')),
      ),
    ).toEqual([])
  })

  test('accepts one token for overlapping requests', () => {
    expect(judged(at(0, 20, issue('A', 1)), at(10, 30, issue('A', 1)), at(15, 40, issue('A', 1)))).toEqual([])
  })

  test('accepts an unanswered request that took effect, and an unanswered request that did not', () => {
    const lost = at(10, 20, { kind: 'issue_unanswered' })
    expect(judged(at(0, 5, issue('A', 1)), lost, at(30, 35, check('A', 'superseded')))).toEqual([])
    expect(judged(at(0, 5, issue('A', 1)), lost, at(30, 35, check('A', 'live')))).toEqual([])
  })

  test('accepts a request that was answered "not known" and took effect much later', () => {
    expect(
      judged(
        at(0, 5, issue('A', 1)),
        at(10, Infinity, { kind: 'issue_unanswered' }),
        at(30, 35, check('A', 'live')),
        at(40, 45, check('A', 'superseded')),
      ),
    ).toEqual([])
  })
})

describe('the judge, given an impossible history,', () => {
  const caught = (operations: readonly Operation[]): void => {
    expect(judged(...operations)).toHaveLength(1)
  }

  test('rejects a superseded token that is still accepted', () => {
    caught(inTurn(issue('A', 1), issue('B', 2), check('A', 'live')))
  })

  test('rejects a token that is live again after the server reported its end', () => {
    caught([
      at(0, 5, issue('A', 1)),
      at(10, 100, issue('B', 2)),
      at(20, 30, check('A', 'superseded')),
      at(40, 50, check('A', 'live')),
    ])
  })

  test('rejects the loss of an acknowledged token', () => {
    caught(inTurn(issue('A', 1), check('A', 'superseded')))
    caught(inTurn(issue('A', 1), check('A', 'unknown')))
    caught(inTurn(issue('A', 1), issue('B', 2), check('B', 'not_live')))
  })

  test('rejects a token as superseded if the only other request had ended before the token was issued', () => {
    caught([at(0, 5, { kind: 'issue_unanswered' }), at(10, 15, issue('A', 2)), at(20, 25, check('A', 'superseded'))])
  })

  test('rejects an unanswered request that takes effect twice', () => {
    caught([
      at(0, 5, issue('A', 1)),
      at(10, Infinity, { kind: 'issue_unanswered' }),
      at(20, 25, check('A', 'superseded')),
      at(30, 35, issue('B', 5)),
      at(40, 45, check('B', 'superseded')),
    ])
  })

  test('rejects a token in a second answer if the second request began after the first answer', () => {
    caught([at(0, 5, issue('A', 1)), at(10, 15, issue('A', 1))])
  })

  test('rejects tokens of one slot whose generations fall or repeat', () => {
    caught(inTurn(issue('A', 2), issue('B', 1)))
    caught(inTurn(issue('A', 1), issue('B', 1)))
  })

  test('rejects a revocation that does not end its token, or that ends another token', () => {
    caught(inTurn(issue('A', 1), revoke('A'), check('A', 'live')))
    caught(inTurn(issue('A', 1), issue('B', 2), revoke('A'), check('B', 'revoked')))
  })

  test('rejects a disabled integration that has or gets a token, or whose old token is accepted again', () => {
    const [disable, enable] = [{ kind: 'disable' as const }, { kind: 'enable' as const }]
    caught(inTurn(issue('A', 1), disable, check('A', 'live')))
    caught(inTurn(disable, issue('A', 1)))
    caught(inTurn(issue('A', 1), disable, enable, check('A', 'live')))
    caught(inTurn(disable, enable, { kind: 'issue_refused' }))
  })

  test('rejects two tokens that are live at the same time', () => {
    caught([
      at(0, 50, issue('A', 1)),
      at(0, 50, issue('B', 2)),
      at(60, 90, check('A', 'live')),
      at(60, 90, check('B', 'live')),
    ])
  })
})

// Generates histories of a perfect server: each operation takes effect at one instant between its request and its
// answer.
const perfectRun = fc
  .array(
    fc.record({
      wanted: fc.constantFrom('issue', 'check', 'check', 'revoke', 'disable', 'enable', 'lost'),
      which: fc.nat(5),
      before: fc.nat(60),
      after: fc.nat(60),
    }),
    { maxLength: 60 },
  )
  .map((desired) => {
    let state = NEW_SLOT
    const received: string[] = []
    const operations: Operation[] = []
    for (const [n, { wanted, which, before, after }] of desired.entries()) {
      const act = actOf(wanted, n, received.at(-1 - which), state)
      const next = act === undefined ? undefined : step(state, act)
      if (act === undefined || next === undefined) continue
      if (act.kind === 'issue') received.push(act.jti)
      operations.push(at(n * 10 - before, n * 10 + after, act))
      state = next
    }
    return operations
  })

function actOf(wanted: string, n: number, token: string | undefined, state: typeof NEW_SLOT): Act | undefined {
  if (wanted === 'disable' || wanted === 'enable') return { kind: wanted }
  if (wanted === 'issue') return state.status === 'open' ? issue(`T${n}`, n + 1) : { kind: 'issue_refused' }
  if (wanted === 'lost') return { kind: 'issue_unanswered' }
  if (token === undefined) return undefined
  return wanted === 'revoke' ? revoke(token) : check(token, state.live === token ? 'live' : 'not_live')
}

test('every history of a perfect server with concurrent clients is accepted', () => {
  fc.assert(
    fc.property(perfectRun, (operations) => {
      expect(judged(...operations)).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('one stale answer in a long run of a perfect server is found', () => {
  fc.assert(
    fc.property(perfectRun, (operations) => {
      const end = Math.max(0, ...operations.map(({ to }) => to)) + 1
      const stale = [issue('X', 1000), issue('Y', 1001), check('X', 'live')]
      fc.pre(operations.filter(({ act }) => act.kind === 'disable').length === 0)
      expect(judged(...operations, ...stale.map((act, n) => at(end + n * 10, end + n * 10 + 5, act)))).toHaveLength(1)
    }),
    { numRuns: 100 },
  )
})

// Generates short random histories. Most of them have no order that explains them.
const anyHistory = fc
  .uniqueArray(
    fc.record({
      kind: fc.constantFrom(
        'issue',
        'check',
        'check',
        'revoke',
        'disable',
        'enable',
        'issue_refused',
        'lost',
        'lost_revoke',
        'lost_disable',
        'lost_enable',
      ),
      which: fc.nat(2),
      verdict: fc.constantFrom<Verdict>('live', 'superseded', 'revoked', 'integration_disabled', 'not_live'),
      from: fc.nat(100),
      lasts: fc.nat(60),
      isOpen: fc.boolean(),
    }),
    { maxLength: 7, selector: ({ kind, which }) => (kind === 'issue' ? `issue ${which}` : {}) },
  )
  .map((desired): readonly Operation[] =>
    desired.map(({ kind, which, verdict, from, lasts, isOpen }) => {
      const jti = `T${which}`
      const to = kind.startsWith('lost') && isOpen ? Infinity : from + lasts
      switch (kind) {
        case 'issue':
          return at(from, to, issue(jti, which + 1))
        case 'check':
          return at(from, to, check(jti, verdict))
        case 'revoke':
          return at(from, to, revoke(jti))
        case 'lost':
          return at(from, to, { kind: 'issue_unanswered' })
        case 'lost_revoke':
          return at(from, to, { kind: 'revoke_unanswered', jti })
        case 'lost_disable':
        case 'lost_enable':
          return at(from, to, { kind: 'change_unanswered', change: kind === 'lost_disable' ? 'disable' : 'enable' })
        default:
          return at(from, to, { kind })
      }
    }),
  )

/** The reference for the judge: tries every order of the operations. */
function isExplained(operations: readonly Operation[], state = NEW_SLOT): boolean {
  if (operations.every(({ act }) => isUnanswered(act))) return true
  return operations.some((operation) => {
    const rest = operations.filter((other) => other !== operation)
    // An operation that ended before another began comes first. An operation without an answer may have had no effect.
    const possible = rest.filter(({ to }) => to >= operation.from)
    if (rest.some((other) => !possible.includes(other) && !isUnanswered(other.act))) return false
    const next = step(state, operation.act)
    return next !== undefined && isExplained(possible, next)
  })
}

test('the judge accepts a short history exactly if trying every order finds an explanation', () => {
  let accepted = 0
  fc.assert(
    fc.property(anyHistory, (operations) => {
      const verdict = isExplained(operations)
      if (verdict) accepted++
      expect(judged(...operations).length === 0).toBe(verdict)
    }),
    { numRuns: 3000 },
  )
  // The generator must produce enough histories of both kinds.
  expect(accepted).toBeGreaterThan(300)
  expect(accepted).toBeLessThan(2700)
})

test('the judge decides within limits about a long history with thousands of requests that may still take effect', () => {
  const lost = (n: number): Operation => {
    const acts: readonly Act[] = [
      { kind: 'issue_unanswered' },
      { kind: 'revoke_unanswered', jti: `T${n}` },
      { kind: 'change_unanswered', change: n % 8 < 4 ? 'disable' : 'enable' },
    ]
    return at(n * 10, Infinity, acts[n % 3] as Act)
  }
  const rounds = Array.from({ length: 3000 }, (_, n) => [
    at(n * 10, n * 10 + 9, issue(`T${n}`, n + 1)),
    lost(n),
    at(n * 10 + 5, n * 10 + 12, check(`T${n}`, n % 5 === 0 ? 'superseded' : 'live')),
  ])
  expect(judged(...rounds.flat())).toEqual([])
})
