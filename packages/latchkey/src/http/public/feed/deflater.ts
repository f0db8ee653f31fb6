// Compresses the frames of snapshots, one after the other, into blocks that do not look back.
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib'

/** Several frames share a chunk of the output. */
const CHUNK = 65_536

/**
 * One compressor and one buffer serve all frames. A compressor for each frame is garbage outside of V8's heap, and V8
 * collects its whole memory after 64 MB of that: several times, a second each, during a snapshot of a million slots.
 */
export class Deflater {
  #stream: DeflateRaw | undefined
  #text = Buffer.allocUnsafeSlow(CHUNK)
  #last: Promise<unknown> = Promise.resolve()

  /** Calls `read` with the bytes of the text, which are valid until it returns. Resolves with the blocks and its result. */
  deflate<Value>(text: string, read: (plain: Buffer) => Value): Promise<readonly [blocks: Buffer, value: Value]> {
    const next = this.#last.then(async () => {
      const plain = this.#written(text)
      const value = read(plain)
      return [await this.#blocksOf(plain), value] as const
    })
    this.#last = next.catch(() => undefined)
    return next
  }

  #written(text: string): Buffer {
    const longest = 3 * text.length
    if (this.#text.length < longest) this.#text = Buffer.allocUnsafeSlow(longest)
    return this.#text.subarray(0, this.#text.write(text))
  }

  #blocksOf(plain: Buffer): Promise<Buffer> {
    const stream = (this.#stream ??= createDeflateRaw({ level: 1, chunkSize: CHUNK }))
    const parts: Buffer[] = []
    const take = (part: Buffer): void => void parts.push(part)
    return new Promise((resolve, reject) => {
      stream.once('error', reject).on('data', take)
      stream.write(plain)
      // Z_FULL_FLUSH ends the blocks at a byte, and later blocks do not refer to them.
      stream.flush(constants.Z_FULL_FLUSH, () => {
        stream.off('error', reject)
        stream.off('data', take)
        const [first] = parts
        resolve(parts.length === 1 && first !== undefined ? first : Buffer.concat(parts))
      })
    })
  }
}
