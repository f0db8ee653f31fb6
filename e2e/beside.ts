// Work that goes on beside a test: when it fails the test fails at once, with its cause, and no rejection is left unhandled.

/** What `act` resolves with, done while `work` goes on. Rejects as soon as `work` does, whatever `act` is at. */
export async function beside<Value>(work: Promise<unknown>, act: () => Promise<Value>): Promise<Value> {
  const failure = work.then(() => new Promise<never>(() => undefined))
  return Promise.race([failure, act()])
}

/**
 * The same, with work that goes on for as long as it is asked to: until `act` is done, or has failed. Resolves when the
 * work has ended.
 */
export async function underLoad<Value>(
  load: (isOver: () => boolean) => Promise<unknown>,
  act: () => Promise<Value>,
): Promise<Value> {
  let isOver = false
  const work = load(() => isOver)
  try {
    const value = await beside(work, act)
    isOver = true
    await work
    return value
  } finally {
    isOver = true
  }
}
