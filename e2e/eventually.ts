// Waits for an effect of another process: polls until a deadline.
import { setTimeout as pause } from 'node:timers/promises'

export interface Waiting {
  /** Milliseconds. */
  readonly within: number
  /** The awaited effect, for the error when the wait ran out. */
  readonly what: string
}

const PAUSE_MS = 10

/**
 * Returns the first answer that is neither undefined nor false. Throws if there is none in time. Also throws what
 * `ask` throws.
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
