// Stores client IDs as bytes in one buffer, each with its length before it.
import { GuardError } from './guard-error.ts'

const CHUNK = 65_536
const LONGEST = 255
// Client IDs are printable ASCII, so one character is one byte.
const NAME = /^[\x21-\x7e]+$/

export class ClientNames {
  readonly #chunks: Buffer[] = []
  #end = CHUNK

  get bytes(): number {
    return this.#chunks.length * CHUNK
  }

  /** Returns the position of the client ID. Throws `GuardError` if the text cannot be a client ID. */
  add(clientId: string): number {
    const { length } = clientId
    if (length > LONGEST || !NAME.test(clientId)) {
      throw new GuardError('ISSUER_MISMATCH', 'the feed names a client by a text that cannot be a client ID')
    }
    if (this.#end + length + 1 > CHUNK) {
      this.#chunks.push(Buffer.alloc(CHUNK))
      this.#end = 0
    }
    const last = this.#chunks.length - 1
    const chunk = this.#chunks[last] as Buffer
    const place = last * CHUNK + this.#end
    chunk[this.#end] = length
    chunk.write(clientId, this.#end + 1, 'latin1')
    this.#end += length + 1
    return place
  }

  at(place: number): string {
    const chunk = this.#chunks[Math.floor(place / CHUNK)] as Buffer
    const start = (place % CHUNK) + 1
    return chunk.toString('latin1', start, start + (chunk[start - 1] as number))
  }

  isAt(place: number, clientId: string): boolean {
    const chunk = this.#chunks[Math.floor(place / CHUNK)] as Buffer
    const start = (place % CHUNK) + 1
    const { length } = clientId
    if (chunk[start - 1] !== length) return false
    for (let i = 0; i < length; i++) if (chunk[start + i] !== clientId.charCodeAt(i)) return false
    return true
  }
}
