// An event of the feed in bytes. It is encoded once for all readers.
import { type FeedEvent, writeFeedEvent } from '@latchkey/protocol'
import { type Check, checkOf } from './crc-32.ts'
import type { Deflater } from './deflater.ts'
import { inflatedBlocks, storedBlocks } from './gzip-member.ts'

export class Frame {
  #plain: Buffer | undefined
  #blocks: Buffer | undefined
  #check: Check | undefined

  private constructor(plain: Buffer | undefined, blocks?: Buffer, check?: Check) {
    this.#plain = plain
    this.#blocks = blocks
    this.#check = check
  }

  static of(event: FeedEvent, cursor?: string): Frame {
    return new Frame(Buffer.from(writeFeedEvent(event, cursor)))
  }

  /**
   * Makes a frame that keeps only the compressed bytes, which take half the memory. `text` is the result of
   * `writeFeedEvent`.
   */
  static async packed(text: string, deflater: Deflater): Promise<Frame> {
    const [blocks, check] = await deflater.deflate(text, checkOf)
    return new Frame(undefined, blocks, check)
  }

  get plain(): Buffer {
    return this.#plain ?? inflatedBlocks(this.blocks)
  }

  /** The frame as blocks of a gzip stream. */
  get blocks(): Buffer {
    return (this.#blocks ??= storedBlocks(this.plain))
  }

  get check(): Check {
    return (this.#check ??= checkOf(this.plain))
  }
}
