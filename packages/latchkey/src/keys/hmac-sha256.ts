// HMAC-SHA-256 with a fixed key.
import { hash, type KeyObject } from 'node:crypto'

const BLOCK_BYTES = 64
const HASH_BYTES = 32
const USUAL_MESSAGE_BYTES = 1024
/** The largest number of UTF-8 bytes for each unit of a JavaScript string. */
const BYTES_OF_UNIT = 3

/**
 * Returns a function for the MACs of texts. The MACs are texts too, in the encoding `output`. The function follows the
 * definition (RFC 2104 §2): two hashes, each over one block that is made from the key, and one variable part. Every
 * token needs two MACs, and a start needs one for each row. `createHmac` would take three times as long, partly because
 * it returns a new buffer.
 */
export function createHmacSha256(
  key: KeyObject,
  output: 'hex' | 'latin1',
): (message: string, encoding: 'latin1' | 'utf8') => string {
  const bytes = key.export()
  if (bytes.length > BLOCK_BYTES) throw new RangeError('a longer key must be hashed first')
  const blockFor = (pad: number, messageBytes: number): Buffer => {
    const block = Buffer.alloc(BLOCK_BYTES + messageBytes)
    for (let i = 0; i < BLOCK_BYTES; i++) block[i] = (bytes[i] ?? 0) ^ pad
    return block
  }
  let inner = blockFor(0x36, USUAL_MESSAGE_BYTES)
  const outer = blockFor(0x5c, HASH_BYTES)
  bytes.fill(0)
  return (message, encoding) => {
    const most = message.length * BYTES_OF_UNIT
    if (most > inner.length - BLOCK_BYTES) {
      inner = Buffer.concat([inner.subarray(0, BLOCK_BYTES)], BLOCK_BYTES + most)
    }
    const end = BLOCK_BYTES + inner.write(message, BLOCK_BYTES, encoding)
    outer.write(hash('sha256', inner.subarray(0, end), 'latin1'), BLOCK_BYTES, 'latin1')
    return hash('sha256', outer, output)
  }
}
