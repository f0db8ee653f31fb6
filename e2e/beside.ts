// Work that runs beside a test. If the work fails, the test fails at once with its cause, and no rejection is
// unhandled.

/** Runs `act` while `work` runs, and returns the result of `act`. Rejects as soon as `work` does. */
export async function beside<Value>(work: Promise<unknown>, act: () => Promise<Value>): Promise<Value> {
  const failure = work.then(() => new Promise<never>(() => undefined))
  return Promise.race([failure, act()])
}

/**
 * Like `beside`, for work that runs until it is stopped, after `act` has succeeded or failed. Resolves when the work
 * has ended.
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
