// Random numbers that are the same in every run.

/**
 * Returns a generator of numbers from 0 up to, but not including, 1 (mulberry32, which is good enough for shuffling and
 * for random arrivals).
 */
export function repeatableChance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  const chance = repeatableChance(1)
  return items
    .map((item) => ({ item, place: chance() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
