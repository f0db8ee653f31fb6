// Searches for an order of all operations that agrees with real time and explains every answer (the algorithm of Wing
// and Gong).
import type { Act, Operation, Presented } from './history.ts'
import { type Attempt, BEGINNING, type Condition, type Placed, type Register, results } from './register.ts'

/**
 * When the use of an assertion takes effect.
 *
 * - `with_token`: together with the token.
 * - `on_its_own`: at a separate moment within the request. In stable mode a request may get the live token again. With
 * several replicas, one replica may record the use while another issues a token, and the request then gets a later
 * token.
 */
export type UseTakesEffect = 'with_token' | 'on_its_own'

/**
 * Whether commits or their answers may be lost. If so, a server may not know that it stored a token, and may return a
 * newer token.
 */
export type Commits = 'all_answered' | 'some_lost'

/**
 * True if the history of one slot (an integration and scope) is linearizable. At the beginning no token is live, and
 * the integration is enabled.
 */
export function isLinearizable(
  history: readonly Operation[],
  commits: Commits = 'all_answered',
  use: UseTakesEffect = 'with_token',
): boolean {
  const answered = commits === 'some_lost' ? history.map(withoutUndecided) : history
  const operationsOfSlot = use === 'with_token' ? answered : answered.flatMap(apart)
  const combined = joined(operationsOfSlot)
  if (combined === undefined) return false
  const operations = commits === 'some_lost' ? [...combined, ...operationsOfSlot.flatMap(firstAttempt)] : combined
  const dead = new Set<string>()
  const search = (done: bigint, register: Register): boolean => {
    const open = operations.filter((_, index) => (done & bit(index)) === 0n)
    if (open.every((operation) => operation.answered === Number.POSITIVE_INFINITY)) return true
    const key = `${String(done)} ${JSON.stringify(register)}`
    if (dead.has(key)) return false
    const deadline = Math.min(...open.map((operation) => operation.answered))
    for (const [index, operation] of operations.entries()) {
      if ((done & bit(index)) !== 0n || operation.requested > deadline) continue
      for (const after of results(operation, register)) if (search(done | bit(index), after)) return true
    }
    dead.add(key)
    return false
  }
  return search(0n, BEGINNING)
}

const bit = (index: number): bigint => 1n << BigInt(index)

/**
 * If commits may be lost, a request that the server could not decide may have taken effect in an earlier attempt, whose
 * answer was lost.
 */
const withoutUndecided = (operation: Operation): Operation =>
  operation.outcome.kind === 'undecided'
    ? { ...operation, answered: Number.POSITIVE_INFINITY, outcome: { kind: 'unanswered', cause: 'undecided' } }
    : operation

/** Splits a request with an assertion into two operations: the use of the assertion, and the request for a token. */
function apart(operation: Operation): readonly Operation[] {
  const { act, outcome } = operation
  if (act.kind !== 'issue' || act.presented === undefined) return [operation]
  const use: Act = { kind: 'use', presented: act.presented }
  switch (outcome.kind) {
    case 'issued':
    case 'adopted':
    case 'reused':
      return [
        { ...operation, act: use, outcome: { kind: 'done' } },
        { ...operation, act: { kind: 'issue', replaces: act.replaces } },
      ]
    case 'replayed':
    case 'undecided':
      return [{ ...operation, act: use }]
    default:
      // The server may record the use before another operation, such as a disabling, refuses the request.
      return [
        { ...operation, act: use, outcome: { kind: 'unanswered', cause: outcome.kind } },
        { ...operation, act: { kind: 'issue', replaces: act.replaces } },
      ]
  }
}

/**
 * Returns an operation for the first attempt of a request that got the token of another request. This attempt may have
 * stored a token that no client received, before the other token was issued.
 */
function firstAttempt({ act, requested, answered, outcome }: Operation): readonly Attempt[] {
  const conditions = conditionsOf(act)
  const isAnothers = outcome.kind === 'adopted' || (outcome.kind === 'reused' && isConditional(conditions))
  if (!isAnothers) return []
  const attempt = { kind: 'perhaps_stored', generation: outcome.generation } as const
  return [{ act, requested, answered, presented: [], conditions, outcome: attempt }]
}

/**
 * Combines requests that got the same new token into one operation, which takes place while all of them run. Undefined
 * if there is no such time, because one request began after another was answered.
 */
function joined(history: readonly Operation[]): readonly Placed[] | undefined {
  const others: Placed[] = []
  const issued = new Map<string, Placed>()
  for (const operation of history) {
    const { act, outcome } = operation
    const [presented, conditions] = [presentedBy(act), conditionsOf(act)]
    if (outcome.kind !== 'issued' && outcome.kind !== 'adopted') {
      others.push({ ...operation, presented, conditions })
      continue
    }
    const { jti, generation } = outcome
    const before = issued.get(jti) ?? { ...operation, presented: [], conditions: [] }
    const requested = Math.max(before.requested, operation.requested)
    const answered = Math.min(before.answered, operation.answered)
    if (requested > answered) return undefined
    const together = {
      ...{ requested, answered, presented: [...before.presented, ...presented] },
      // A request that adopted the token of another request did not make the token.
      conditions: outcome.kind === 'issued' ? [...before.conditions, ...conditions] : before.conditions,
    }
    issued.set(jti, { ...operation, ...together, outcome: { kind: 'issued', jti, generation } })
  }
  return [...others, ...issued.values()]
}

const conditionsOf = (act: Act): readonly Condition[] => (act.kind === 'issue' ? [act.replaces] : [])

const isConditional = (conditions: readonly Condition[]): boolean => conditions.some((one) => one !== undefined)

const presentedBy = (act: Act): readonly Presented[] =>
  (act.kind === 'issue' || act.kind === 'use') && act.presented !== undefined ? [act.presented] : []
