// Prints a history, so that a failed test shows what happened.
import type { Operation, Outcome, Recorder } from './history.ts'

/**
 * Returns one line for each operation and note, in the order in which they began. The times are those of the logical
 * clock. A token is named by the first eight characters of its `jti`.
 */
export function printedHistory({ operations, notes }: Pick<Recorder, 'operations' | 'notes'>): string {
  const lines = [
    ...operations.map((operation) => ({ at: operation.requested, text: printedOperation(operation) })),
    ...notes.map(({ at, text }) => ({ at, text: `${String(at)} ${text}` })),
  ]
  return lines
    .toSorted((one, other) => one.at - other.at)
    .map(({ text }) => text)
    .join('\n')
}

function printedOperation({ act, replica, requested, answered, outcome }: Operation): string {
  const end = answered === Number.POSITIVE_INFINITY ? '' : String(answered)
  const token = 'jti' in act ? ` ${shortened(act.jti)}` : ''
  const assertion = 'presented' in act && act.presented !== undefined ? ` by ${act.presented.jti}` : ''
  const condition = 'replaces' in act && act.replaces !== undefined ? ` if ${String(act.replaces)}` : ''
  const place = replica === undefined ? '' : ` at replica ${String(replica)}`
  return `${String(requested)}..${end} ${act.kind}${token}${condition}${assertion}${place}: ${printedOutcome(outcome)}`
}

function printedOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'issued':
    case 'adopted':
    case 'reused':
      return `${outcome.kind} ${shortened(outcome.jti)}, generation ${String(outcome.generation)}`
    case 'undecided':
      return `undecided, ${outcome.because}`
    case 'unanswered':
      return `unanswered, ${outcome.cause}`
    default:
      return outcome.kind
  }
}

const shortened = (jti: string): string => jti.slice(0, 8)
