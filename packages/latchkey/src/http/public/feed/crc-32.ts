// Computes the CRC-32 (RFC 1952 §8) of two joined texts from the CRCs of the texts, without reading the texts again.
import { crc32 } from 'node:zlib'

const POLYNOMIAL = 0xedb88320
/** The polynomial 1, in the bit order of CRC-32. */
const ONE = 0x80000000

/** Returns the product of two polynomials over GF(2), modulo the CRC polynomial. */
function product(left: number, right: number): number {
  let sum = 0
  let factor = right
  for (let bit = 31; bit >= 0; bit--) {
    if (((left >>> bit) & 1) === 1) sum ^= factor
    factor = (factor & 1) === 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1
  }
  return sum >>> 0
}

/** The polynomials x^(2^0), x^(2^1), … */
const SQUARES: readonly number[] = Array.from({ length: 31 }).reduce<number[]>(
  (squares) => {
    const last = squares.at(-1) ?? ONE
    return [...squares, product(last, last)]
  },
  [0x40000000],
)

/** The CRC of a text, and the factor that appends the text to the CRC of a stream. */
export interface Check {
  readonly crc: number
  readonly bytes: number
  /** The polynomial x^(8·bytes). Appending the text multiplies the CRC of the stream by this polynomial. */
  readonly shift: number
}

export const checkOf = (text: Uint8Array): Check => ({
  crc: crc32(text),
  bytes: text.length,
  shift: shiftBy(text.length),
})

/** Returns the CRC of a stream after the text is appended. `crc` is the CRC before. */
export const followedBy = (crc: number, text: Check): number => (product(text.shift, crc) ^ text.crc) >>> 0

function shiftBy(bytes: number): number {
  let shift = ONE
  // A byte has 2^3 bits, so the powers start at 3.
  for (let left = bytes, power = 3; left > 0; left = Math.floor(left / 2), power++) {
    if (left % 2 === 1) shift = product(SQUARES[power % 32] ?? ONE, shift)
  }
  return shift
}
