// Repeatable random numbers from a seed. The seed is printed and can be set.

/** Returns a number from 0 up to, but not including, 1. */
export type Chance = () => number

/** The variable E2E_SEED repeats the random choices of an earlier run. The timing of the processes may still differ. */
export function seededChance(): Chance {
  const seed = Number(process.env['E2E_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  console.info(`seed: E2E_SEED=${seed}`)
  return chanceFrom(seed)
}

/** Mulberry32. */
function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Returns a whole number from `least` to `most`, both included. */
export const between = (chance: Chance, least: number, most: number): number =>
  least + Math.floor(chance() * (most - least + 1))

export function oneOf<Item>(chance: Chance, items: readonly Item[]): Item {
  const item = items[Math.floor(chance() * items.length)]
  if (item === undefined) throw new Error('there is nothing to choose from')
  return item
}
