// The model of one slot (an integration and scope) with the used assertions of its client: what each operation may
// answer and change.
import { CLOCK_TOLERANCE } from '../../src/domain/assertion-times.ts'
import type { Operation, Outcome, Presented } from './history.ts'

type HandedOut = Extract<Outcome, { readonly kind: 'reused' }>

/**
 * The generation (version number) of the token that a request names as the one to replace. Undefined for a request
 * without a condition.
 */
export type Condition = number | undefined

/** An operation, with the assertions and the conditions of all requests that were combined into this operation. */
export interface Placed extends Operation {
  readonly presented: readonly Presented[]
  /** Empty if all requests that made the token are unknown. */
  readonly conditions: readonly Condition[]
}

/**
 * An attempt that may have stored a token before the request got a token of another request. The stored token has a
 * smaller generation.
 */
export interface Attempt extends Omit<Placed, 'outcome'> {
  readonly outcome: { readonly kind: 'perhaps_stored'; readonly generation: number }
}

interface Use {
  readonly jti: string
  readonly exp: number
}

export interface Register {
  /** The `jti` of the live token. `ghost` stands for a token that no client received. */
  readonly live: string | undefined
  /**
   * The generation (version number) of the last token that a client received. The next token must have a larger
   * generation.
   */
  readonly generation: number
  readonly enabled: boolean
  readonly granted: boolean
  /** True if the scope exists, so that it can be granted. */
  readonly exists: boolean
  /** The used assertions, sorted by their `jti`. A restore removes none of them. */
  readonly used: readonly Use[]
  /** The time of the last restore. 0 if there was no restore. */
  readonly restoredAt: number
}

export const BEGINNING: Register = {
  ...{ live: undefined, generation: 0, enabled: true, granted: true, exists: true },
  ...{ used: [], restoredAt: 0 },
}

/** Returns the possible states after this operation. Empty if its answer is impossible in the present state. */
export function results(
  { act, outcome, presented, conditions }: Placed | Attempt,
  register: Register,
): readonly Register[] {
  const open = register.enabled && register.granted
  switch (act.kind) {
    case 'issue':
      if (outcome.kind === 'refused') return open ? [] : [register]
      if (outcome.kind === 'replayed' || outcome.kind === 'undecided') return mayRefuse(register, presented, outcome)
      // An unanswered request has no effect if its assertion was used before.
      return afterUse(register, presented).flatMap((used) => afterIssuance(used, outcome, { open, conditions }))
    case 'use':
      if (outcome.kind === 'replayed' || outcome.kind === 'undecided') return mayRefuse(register, presented, outcome)
      return afterUse(register, presented)
    case 'restore':
      return [{ ...register, live: undefined, restoredAt: act.at }]
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

function afterIssuance(
  register: Register,
  outcome: (Placed | Attempt)['outcome'],
  { open, conditions }: { readonly open: boolean; readonly conditions: readonly Condition[] },
): readonly Register[] {
  const mayIssue = open && (conditions.length === 0 || conditions.some((condition) => holds(condition, register)))
  if (outcome.kind === 'reused') {
    return open && !conditions.includes(outcome.generation) ? handOutAgain(register, outcome) : []
  }
  if (outcome.kind === 'issued') {
    const { jti, generation } = outcome
    const isNamed = conditions.includes(generation)
    return mayIssue && !isNamed && generation > register.generation ? [{ ...register, live: jti, generation }] : []
  }
  if (outcome.kind === 'perhaps_stored') {
    const isTooLate = register.generation >= outcome.generation
    return mayIssue && !isTooLate ? [register, { ...register, live: 'ghost' }] : [register]
  }
  return mayIssue ? [{ ...register, live: 'ghost' }] : [register]
}

/**
 * True if a request with this condition may make a token: it names the live token, or no token is live, or it has no
 * condition. If no client received the live token, a client may still have guessed its generation.
 */
const holds = (condition: Condition, { live, generation }: Register): boolean =>
  condition === undefined ||
  live === undefined ||
  (live === 'ghost' ? condition > generation : condition === generation)

/**
 * An unanswered request may have made the live token. A later request may get this token again, and its `jti` becomes
 * known.
 */
function handOutAgain(register: Register, { jti, generation }: HandedOut): readonly Register[] {
  if (register.live === jti) return [register]
  return register.live === 'ghost' && generation > register.generation ? [{ ...register, live: jti, generation }] : []
}

/**
 * Returns the state after these uses. Empty if one of the assertions was used before, or if two of them are the same.
 */
function afterUse(register: Register, presented: readonly Presented[]): readonly Register[] {
  let { used } = register
  for (const { jti, exp } of presented) {
    if (used.some((use) => use.jti === jti)) return []
    used = [...used, { jti, exp }].sort((a, b) => (a.jti < b.jti ? -1 : 1))
  }
  return [{ ...register, used }]
}

/** A refusal changes nothing, and is only possible for one of these reasons. */
function mayRefuse(
  register: Register,
  presented: readonly Presented[],
  outcome: Extract<Outcome, { readonly kind: 'replayed' | 'undecided' }>,
): readonly Register[] {
  const isReason = ({ jti, exp, signedAt }: Presented): boolean => {
    const { used, restoredAt } = register
    if (outcome.kind === 'replayed') return used.some((use) => use.jti === jti)
    if (outcome.because === 'history_lost') return restoredAt > 0 && signedAt <= restoredAt + CLOCK_TOLERANCE
    // The server has already forgotten the use of an assertion that expired at the same time or later.
    return used.some((use) => use.exp >= exp && use.exp + CLOCK_TOLERANCE < outcome.latest)
  }
  return presented.every(isReason) ? [register] : []
}
