// Welch's t-test, to find code whose time depends on a secret.

/** The share of the longest measured times to leave out, because another process probably disturbed them. */
const CROPPED = 0.2

/**
 * Returns Welch's t for two samples of times, after the longest times of both are left out: the difference of the
 * means, divided by its standard error. It is around 0 if both samples have the same distribution.
 */
export function welch(one: readonly number[], other: readonly number[]): number {
  const all = [...one, ...other].sort((a, b) => a - b)
  const longest = all[Math.floor(all.length * (1 - CROPPED))] ?? Infinity
  const [first, second] = [momentsOf(one, longest), momentsOf(other, longest)]
  return (first.mean - second.mean) / Math.sqrt(first.variance / first.count + second.variance / second.count)
}

function momentsOf(times: readonly number[], longest: number) {
  const kept = times.filter((time) => time < longest)
  const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1)
  return { count: kept.length, mean, variance }
}
