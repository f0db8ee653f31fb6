// A gzip stream (RFC 1952) of independent blocks, so that the server can send the same block to every reader.
import { constants, inflateRawSync } from 'node:zlib'
import { type Check, followedBy } from './crc-32.ts'

const MOST_STORED = 65_535
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
const LAST_BLOCK = [1, 0, 0, 0xff, 0xff]

/** Returns the text in uncompressed blocks (RFC 1951 §3.2.4). They suit short texts and texts that must not wait. */
export function storedBlocks(plain: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < plain.length; at += MOST_STORED) {
    const part = plain.subarray(at, at + MOST_STORED)
    const head = Buffer.alloc(5)
    head.writeUInt16LE(part.length, 1)
    head.writeUInt16LE(part.length ^ 0xffff, 3)
    parts.push(head, part)
  }
  return Buffer.concat(parts)
}

/** Returns the text from which the blocks were made. */
export const inflatedBlocks = (blocks: Buffer): Buffer =>
  inflateRawSync(blocks, { finishFlush: constants.Z_SYNC_FLUSH })

/** The header and the checksum of the gzip stream of one reader. */
export class GzipMember {
  #crc = 0
  #length = 0

  readonly header = HEADER

  count(text: Check): void {
    this.#crc = followedBy(this.#crc, text)
    this.#length = (this.#length + text.bytes) % 2 ** 32
  }

  /** Returns the bytes after the last block. */
  trailer(): Buffer {
    const end = Buffer.alloc(LAST_BLOCK.length + 8)
    end.set(LAST_BLOCK)
    end.writeUInt32LE(this.#crc, LAST_BLOCK.length)
    end.writeUInt32LE(this.#length, LAST_BLOCK.length + 4)
    return end
  }
}
