// Compresses the frames of snapshots into blocks that do not refer to earlier blocks.
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib'

/** The size of one chunk of the output, in bytes. Several frames share a chunk. */
const CHUNK = 65_536

/**
 * All frames share one compressor and one buffer. A compressor for each frame would leave garbage outside V8's heap,
 * and V8 runs a full collection after every 64 MB of such garbage. A snapshot of a million slots would cause several
 * collections of one second each.
 */
export class Deflater {
  #stream: DeflateRaw | undefined
  #text = Buffer.allocUnsafeSlow(CHUNK)
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Compresses the text. Calls `read` with the compressed bytes, which are valid until `read` returns. Resolves with
   * the blocks and the result of `read`.
   */
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
      // Z_FULL_FLUSH ends the blocks at a byte boundary, and later blocks do not refer to earlier blocks.
      stream.flush(constants.Z_FULL_FLUSH, () => {
        stream.off('error', reject)
        stream.off('data', take)
        const [first] = parts
        resolve(parts.length === 1 && first !== undefined ? first : Buffer.concat(parts))
      })
    })
  }
}
