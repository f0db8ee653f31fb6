// Runs work in the background of a test. If the work fails, the test fails at once with the work's error, and no
// rejection stays unhandled.

/** Runs `act` while `work` runs, and returns the result of `act`. Rejects as soon as `work` rejects. */
export async function beside<Value>(work: Promise<unknown>, act: () => Promise<Value>): Promise<Value> {
  const failure = work.then(() => new Promise<never>(() => undefined))
  return Promise.race([failure, act()])
}

/**
 * Like `beside`, for work that does not end by itself: the work is stopped once `act` has succeeded or failed. Resolves
 * when the work has ended.
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
