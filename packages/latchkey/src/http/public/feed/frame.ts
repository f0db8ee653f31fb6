// An event of the feed as bytes: encoded once, for all readers.
import { type FeedEvent, writeFeedEvent } from '@latchkey/protocol'
import { deflatedBlocks, storedBlocks } from './gzip-member.ts'

export class Frame {
  readonly plain: Buffer
  #blocks: Buffer | undefined

  constructor(event: FeedEvent, cursor?: string) {
    this.plain = Buffer.from(writeFeedEvent(event, cursor))
  }

  /** The blocks of a gzip stream that hold it. */
  get blocks(): Buffer {
    return (this.#blocks ??= storedBlocks(this.plain))
  }

  deflate(): void {
    this.#blocks = deflatedBlocks(this.plain)
  }
}
