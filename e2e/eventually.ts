// Waits for an effect of another process: polls until the effect is there or a deadline passes.
import { setTimeout as pause } from 'node:timers/promises'

export interface Waiting {
  /** Milliseconds. */
  readonly within: number
  /** The awaited effect, for the error message if the deadline passes. */
  readonly what: string
}

const PAUSE_MS = 10

/**
 * Returns the first result of `ask` that is neither undefined nor false. Throws if the deadline passes without one. An
 * error of `ask` is thrown at once.
 */
export async function eventually<Value>(
  ask: () => Value | undefined | false | Promise<Value | undefined | false>,
  { within, what }: Waiting,
): Promise<Value> {
  const end = performance.now() + within
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`waited ${within} ms without success: ${what}`)
    await pause(PAUSE_MS)
  }
}

/** Returns the result of the promise. Throws if that takes too long. */
export async function promptly<Value>(promise: Promise<Value>, { within, what }: Waiting): Promise<Value> {
  const late = new AbortController()
  const tooLate = pause(within, undefined, { signal: late.signal }).then(() => {
    throw new Error(`waited ${within} ms without success: ${what}`)
  })
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    late.abort()
    tooLate.catch(() => undefined)
  }
}
