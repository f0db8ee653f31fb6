// The checksum of SQLite's write-ahead log (https://sqlite.org/fileformat2.html#checksum_algorithm).

/** The two 32-bit sums of the checksum, as signed integers. */
export type Sums = readonly [number, number]

export const NO_SUMS: Sums = [0, 0]

/** The order of the bytes in a 32-bit word. The header of the log states it. */
export type WordOrder = 'little-endian' | 'big-endian'

/** Continues the checksum over these bytes. Their number must be a multiple of eight. */
export function addUp(sums: Sums, bytes: DataView, order: WordOrder): Sums {
  const isLittle = order === 'little-endian'
  let [first, second] = sums
  for (let at = 0; at < bytes.byteLength; at += 8) {
    first = (first + bytes.getInt32(at, isLittle) + second) | 0
    second = (second + bytes.getInt32(at + 4, isLittle) + first) | 0
  }
  return [first, second]
}

export const isEqual = (one: Sums, other: Sums): boolean => one[0] === other[0] && one[1] === other[1]

interface Misfit {
  readonly bytes: DataView
  readonly order: WordOrder
  /** The computed sums over the bytes. */
  readonly found: Sums
  readonly stored: Sums
}

/**
 * Returns true if a single flipped bit explains why the computed and the stored sums differ. The bit may be in the
 * bytes or in the stored sums.
 */
export function isOneBitOff({ bytes, order, found, stored }: Misfit): boolean {
  const [off0, off1] = [(stored[0] - found[0]) | 0, (stored[1] - found[1]) | 0]
  if (off1 === 0 && isPowerOfTwo(stored[0] ^ found[0])) return true
  if (off0 === 0 && isPowerOfTwo(stored[1] ^ found[1])) return true
  const isLittle = order === 'little-endian'
  // The sums are linear functions of the words. If a word is larger by 1, the sums are larger by the factors `even` or
  // `odd`, depending on the position of the word. Both factors grow with each later pair of words.
  let [even0, even1, odd0, odd1] = [1, 1, 0, 1]
  for (let at = bytes.byteLength - 8; at >= 0; at -= 8) {
    const [even, odd] = [bytes.getInt32(at, isLittle), bytes.getInt32(at + 4, isLittle)]
    for (let bit = 1; bit !== 0; bit <<= 1) {
      const [evenChange, oddChange] = [(even ^ bit) - even, (odd ^ bit) - odd]
      if (Math.imul(even0, evenChange) === off0 && Math.imul(even1, evenChange) === off1) return true
      if (Math.imul(odd0, oddChange) === off0 && Math.imul(odd1, oddChange) === off1) return true
    }
    ;[even0, even1] = [(even0 + even1) | 0, (even0 + 2 * even1) | 0]
    ;[odd0, odd1] = [(odd0 + odd1) | 0, (odd0 + 2 * odd1) | 0]
  }
  return false
}

const isPowerOfTwo = (bits: number): boolean => bits !== 0 && (bits & (bits - 1)) === 0
