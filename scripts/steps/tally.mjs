// Counts how many tests passed, failed and were skipped.

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @param {readonly Tally[]} tallies @returns {Tally} */
export function addUp(tallies) {
  /** @param {keyof Tally} part */
  const sum = (part) => tallies.reduce((total, tally) => total + tally[part], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

/** Returns the last line of a run, in the form that `.ci/run` searches for. @param {Tally} tally */
export function conclusion({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
