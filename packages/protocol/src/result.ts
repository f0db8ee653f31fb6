// The result of an operation. A refusal is a value that the operation returns. A fault is thrown.

/** The outcome of an operation that may be refused. A refusal is a value; only a fault is thrown. */
export type Result<Value, Refusal> = Accepted<Value> | Refused<Refusal>

/** The outcome of an operation that succeeded. */
export interface Accepted<Value> {
  readonly ok: true
  /** The value that the operation returned. */
  readonly value: Value
}

/** The outcome of an operation that was refused. */
export interface Refused<Refusal> {
  readonly ok: false
  /** Why the operation was refused. */
  readonly refusal: Refusal
}

/**
 * Makes the outcome of an operation that succeeded.
 *
 * @example
 * ```ts
 * import { accept, refuse, type Result } from '@latchkey/protocol'
 *
 * const half = (n: number): Result<number, 'odd'> => (n % 2 === 0 ? accept(n / 2) : refuse('odd'))
 * const outcome = half(4)
 * console.log(outcome.ok ? outcome.value : outcome.refusal) // 2
 * ```
 */
export const accept = <Value>(value: Value): Accepted<Value> => ({ ok: true, value })

/**
 * Makes the outcome of an operation that was refused.
 *
 * @example
 * ```ts
 * import { refuse } from '@latchkey/protocol'
 *
 * console.log(refuse('odd')) // { ok: false, refusal: 'odd' }
 * ```
 */
export const refuse = <Refusal>(refusal: Refusal): Refused<Refusal> => ({ ok: false, refusal })
