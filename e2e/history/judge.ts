// Checks the history of a server's slots, and describes every violation of "at most one live token".
import { linearize } from './linearize.ts'
import type { Act, Operation } from './operation.ts'

/** The operations of each slot (a pair of integration and scope), by the name of the slot. */
export type History = ReadonlyMap<string, readonly Operation[]>

/**
 * Returns a description of each violation. Empty if for each slot some order of its operations explains every answer.
 */
export function violations(history: History): readonly string[] {
  return [...history].flatMap(([slot, operations]) => violationsOf(operations).map((text) => `${slot}: ${text}`))
}

function violationsOf(operations: readonly Operation[]): readonly string[] {
  const { merged, problems } = mergeSharers(operations)
  if (problems.length > 0) return problems
  const stuck = linearize(merged)
  if (stuck === undefined) return []
  const { placed, state, unexplained } = stuck
  const lines = unexplained.map(({ from, to, act }) => `  ${from.toFixed(1)}..${to.toFixed(1)} ${describe(act)}`)
  const situation = `${state.status}, live ${state.live ?? 'none'}, generation ${state.generation}`
  return [`after ${placed} of ${merged.length} operations (${situation}) no order explains\n${lines.join('\n')}`]
}

/**
 * Merges requests that received the same token into one issuance. The issuance happened while all these requests were
 * open, so a request that began after another had ended cannot have received the same token.
 */
function mergeSharers(operations: readonly Operation[]): {
  readonly merged: readonly Operation[]
  readonly problems: readonly string[]
} {
  const problems: string[] = []
  const issues = new Map<string, Operation>()
  const others: Operation[] = []
  const byGeneration = new Map<number, string>()
  for (const operation of operations) {
    const { act, from, to } = operation
    if (act.kind !== 'issue') {
      others.push(operation)
      continue
    }
    const sharing = issues.get(act.jti)
    const shared = { act, from: Math.max(from, sharing?.from ?? from), to: Math.min(to, sharing?.to ?? to) }
    if (shared.from > shared.to) problems.push(`token ${act.jti} was handed out again to a later request`)
    const other = byGeneration.get(act.generation) ?? act.jti
    if (other !== act.jti) problems.push(`generation ${act.generation} was given to ${other} and ${act.jti}`)
    byGeneration.set(act.generation, act.jti)
    issues.set(act.jti, shared)
  }
  return { merged: [...others, ...issues.values()], problems }
}

function describe(act: Act): string {
  switch (act.kind) {
    case 'issue':
      return `issue of ${act.jti}, generation ${act.generation}`
    case 'check':
      return `check of ${act.jti}: ${act.verdict}`
    case 'revoke':
    case 'revoke_unanswered':
      return `${act.kind} of ${act.jti}`
    case 'change_unanswered':
      return `${act.change}, unanswered`
    default:
      return act.kind
  }
}
