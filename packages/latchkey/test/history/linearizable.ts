// Searches for an order of all operations that agrees with real time and explains every answer (the algorithm of Wing
// and Gong).
import type { Operation, Outcome } from './history.ts'

type HandedOut = Extract<Outcome, { readonly kind: 'reused' }>

/** An attempt of a request. Its token has a smaller generation than the token that the request got. */
interface Attempt extends Pick<Operation, 'act' | 'requested' | 'answered'> {
  readonly outcome: { readonly kind: 'perhaps_stored'; readonly generation: number }
}

interface Register {
  /** The live token. `ghost` is a token that no client received. */
  readonly live: string | undefined
  /** The generation of the last token that a client received. The next one must have a larger generation. */
  readonly generation: number
  readonly enabled: boolean
  readonly granted: boolean
  /** True if the scope exists, so that it can be granted. */
  readonly exists: boolean
}

const EMPTY: Register = { live: undefined, generation: 0, enabled: true, granted: true, exists: true }

/**
 * Whether commits may be lost, or their answers. A server then may not know that it stored a token, and may hand out a
 * newer one.
 */
export type Commits = 'all_answered' | 'some_lost'

/** True if the history of one slot is linearizable. The slot is empty and open at the beginning. */
export function isLinearizable(history: readonly Operation[], commits: Commits = 'all_answered'): boolean {
  const combined = joined(history)
  if (combined === undefined) return false
  const operations = commits === 'some_lost' ? [...combined, ...history.flatMap(firstAttempt)] : combined
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
  return search(0n, EMPTY)
}

const bit = (index: number): bigint => 1n << BigInt(index)

/**
 * Returns the first attempt of a request that got a token of another request. The attempt may have stored a token that
 * no client received, before the other token was issued.
 */
function firstAttempt({ act, requested, answered, outcome }: Operation): readonly Attempt[] {
  if (outcome.kind !== 'adopted') return []
  return [{ act, requested, answered, outcome: { kind: 'perhaps_stored', generation: outcome.generation } }]
}

/**
 * Combines requests that got the same new token into one operation within the common part of their intervals. Undefined
 * if there is no common part, because one of them began after another was answered.
 */
function joined(history: readonly Operation[]): readonly Operation[] | undefined {
  const others: Operation[] = []
  const issued = new Map<string, Operation>()
  for (const operation of history) {
    const { outcome } = operation
    if (outcome.kind !== 'issued' && outcome.kind !== 'adopted') {
      others.push(operation)
      continue
    }
    const { jti, generation } = outcome
    const before = issued.get(jti) ?? operation
    const requested = Math.max(before.requested, operation.requested)
    const answered = Math.min(before.answered, operation.answered)
    if (requested > answered) return undefined
    issued.set(jti, { ...operation, requested, answered, outcome: { kind: 'issued', jti, generation } })
  }
  return [...others, ...issued.values()]
}

/** Returns the states that this operation can leave. Empty if its answer is impossible in the present state. */
function results({ act, outcome }: Operation | Attempt, register: Register): readonly Register[] {
  const open = register.enabled && register.granted
  switch (act.kind) {
    case 'issue':
      if (outcome.kind === 'refused') return open ? [] : [register]
      // In stable mode the next request may get the token of a request that was never answered. The token then gets its
      // name.
      if (outcome.kind === 'reused') return open ? handOutAgain(register, outcome) : []
      if (outcome.kind === 'issued') {
        const { jti, generation } = outcome
        return open && generation > register.generation ? [{ ...register, live: jti, generation }] : []
      }
      if (outcome.kind === 'perhaps_stored') {
        const isTooLate = register.generation >= outcome.generation
        return open && !isTooLate ? [register, { ...register, live: 'ghost' }] : [register]
      }
      return open ? [{ ...register, live: 'ghost' }] : [register]
    case 'check':
      if (outcome.kind === 'unanswered') return [register]
      return (outcome.kind === 'live') === (register.live === act.jti) ? [register] : []
    case 'revoke':
      return [register.live === act.jti ? { ...register, live: undefined } : register]
    case 'disable':
      return [{ ...register, live: undefined, enabled: false }]
    case 'enable':
      return [{ ...register, enabled: true }]
    case 'remove_scope':
      return [{ ...register, live: undefined, granted: false }]
    case 'grant_scope':
      if (outcome.kind === 'refused') return register.exists ? [] : [register]
      if (outcome.kind === 'unanswered' && !register.exists) return [register]
      return register.exists ? [{ ...register, granted: true }] : []
    case 'delete_scope':
      return [{ ...register, live: undefined, granted: false, exists: false }]
    case 'make_scope':
      return [{ ...register, exists: true }]
    case 'move_audience':
      return [{ ...register, live: undefined }]
  }
}

function handOutAgain(register: Register, { jti, generation }: HandedOut): readonly Register[] {
  if (register.live === jti) return [register]
  return register.live === 'ghost' && generation > register.generation ? [{ ...register, live: jti, generation }] : []
}
