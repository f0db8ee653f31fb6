// The check value of two texts in a row from the check values of each (RFC 1952 §8): neither has to be read again.
import { crc32 } from 'node:zlib'

const POLYNOMIAL = 0xedb88320
/** x^0, in the order of bits of this check value. */
const ONE = 0x80000000

/** The product of two polynomials over GF(2), modulo the one of the check value. */
function product(left: number, right: number): number {
  let sum = 0
  let factor = right
  for (let bit = 31; bit >= 0; bit--) {
    if (((left >>> bit) & 1) === 1) sum ^= factor
    factor = (factor & 1) === 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1
  }
  return sum >>> 0
}

/** x^(2^0), x^(2^1), … */
const SQUARES: readonly number[] = Array.from({ length: 31 }).reduce<number[]>(
  (squares) => {
    const last = squares.at(-1) ?? ONE
    return [...squares, product(last, last)]
  },
  [0x40000000],
)

/** What a text adds to the check value of all that stands before it. */
export interface Check {
  readonly crc: number
  readonly bytes: number
  /** x^(8·bytes): what the check value of all before is multiplied by. */
  readonly shift: number
}

export const checkOf = (text: Uint8Array): Check => ({
  crc: crc32(text),
  bytes: text.length,
  shift: shiftBy(text.length),
})

/** The check value of all before and the text. */
export const followedBy = (crc: number, text: Check): number => (product(text.shift, crc) ^ text.crc) >>> 0

function shiftBy(bytes: number): number {
  let shift = ONE
  // Eight bits to a byte: 2^3.
  for (let left = bytes, power = 3; left > 0; left = Math.floor(left / 2), power++) {
    if (left % 2 === 1) shift = product(SQUARES[power % 32] ?? ONE, shift)
  }
  return shift
}
