// The state of a slot as one value of the embedded store: it keeps its length, so SQLite overwrites it in place.
import type { SqlValue } from '../../rows/disk.ts'

/** A recorded token. `audience` is the number of its text in the table `audience`. */
interface StoredToken {
  readonly generation: number
  readonly jti: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly audience: number
}

export interface SlotState {
  readonly generation: number
  readonly issuances: number
  readonly revokedGeneration: number
  readonly supersededGeneration: number
  readonly live: StoredToken | undefined
  readonly predecessor: (StoredToken & { readonly until: number }) | undefined
}

// Version 1, all numbers big-endian: the version and the flags, a byte each. Generation, issuances, revoked and superseded
// generation, 8 bytes each. The live token, or as many bytes of ones. With a predecessor: its token and its deadline (8).
// A token: generation (8), jti (16), issued at (8), expires at (8), audience (4).
const VERSION = 1
const [HAS_LIVE, HAS_PREDECESSOR] = [1, 2]
const LIVE_AT = 34
const TOKEN_BYTES = 44
const PREDECESSOR_AT = LIVE_AT + TOKEN_BYTES
const [LENGTH, LENGTH_WITH_PREDECESSOR] = [PREDECESSOR_AT, PREDECESSOR_AT + TOKEN_BYTES + 8]

export function encodeSlotState(state: SlotState): Uint8Array {
  const { live, predecessor } = state
  const bytes = Buffer.allocUnsafe(predecessor === undefined ? LENGTH : LENGTH_WITH_PREDECESSOR)
  bytes[0] = VERSION
  bytes[1] = (live === undefined ? 0 : HAS_LIVE) | (predecessor === undefined ? 0 : HAS_PREDECESSOR)
  writeNumber(bytes, state.generation, 2)
  writeNumber(bytes, state.issuances, 10)
  writeNumber(bytes, state.revokedGeneration, 18)
  writeNumber(bytes, state.supersededGeneration, 26)
  // Not with zeros: of a lost sector with a single bit that is set, `walkLog` could not say whether the bit was flipped.
  if (live === undefined) bytes.fill(0xff, LIVE_AT, PREDECESSOR_AT)
  else writeToken(bytes, live, LIVE_AT)
  if (predecessor !== undefined) {
    writeToken(bytes, predecessor, PREDECESSOR_AT)
    writeNumber(bytes, predecessor.until, PREDECESSOR_AT + TOKEN_BYTES)
  }
  return bytes
}

/** Throws if the value is damaged. */
export function decodeSlotState(value: SqlValue | undefined): SlotState {
  const bytes = value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : NO_BYTES
  const flags = bytes[1] ?? 0
  const hasPredecessor = (flags & HAS_PREDECESSOR) !== 0
  if (bytes[0] !== VERSION || bytes.length !== (hasPredecessor ? LENGTH_WITH_PREDECESSOR : LENGTH)) {
    throw new Error('The store is damaged: the state of a slot cannot be read.')
  }
  return {
    generation: readNumber(bytes, 2),
    issuances: readNumber(bytes, 10),
    revokedGeneration: readNumber(bytes, 18),
    supersededGeneration: readNumber(bytes, 26),
    live: (flags & HAS_LIVE) === 0 ? undefined : readToken(bytes, LIVE_AT),
    predecessor: hasPredecessor
      ? { ...readToken(bytes, PREDECESSOR_AT), until: readNumber(bytes, PREDECESSOR_AT + TOKEN_BYTES) }
      : undefined,
  }
}

function writeToken(bytes: Buffer, token: StoredToken, at: number): void {
  writeNumber(bytes, token.generation, at)
  writeUuid(bytes, token.jti, at + 8)
  writeNumber(bytes, token.issuedAt, at + 24)
  writeNumber(bytes, token.expiresAt, at + 32)
  bytes.writeUInt32BE(token.audience, at + 40)
}

const readToken = (bytes: Buffer, at: number): StoredToken => ({
  generation: readNumber(bytes, at),
  jti: readUuid(bytes, at + 8),
  issuedAt: readNumber(bytes, at + 24),
  expiresAt: readNumber(bytes, at + 32),
  audience: bytes.readUInt32BE(at + 40),
})

/** Writes 8 bytes. Throws if the number is not a whole one from 0 to 2^53. */
export function writeNumber(bytes: Buffer, value: number, at: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${String(value)} cannot be stored`)
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  bytes.writeUInt32BE(value % 2 ** 32, at + 4)
}

export const readNumber = (bytes: Buffer, at: number): number =>
  bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)

/** Writes 16 bytes. Throws if the text is not a UUID in lower case: another one would come back changed. */
export function writeUuid(bytes: Buffer, text: string, at: number): void {
  if (!UUID.test(text)) throw new Error('a token whose jti is no UUID cannot be stored')
  const hex = text.slice(0, 8) + text.slice(9, 13) + text.slice(14, 18) + text.slice(19, 23) + text.slice(24)
  bytes.write(hex, at, 16, 'hex')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NO_BYTES = Buffer.alloc(0)

export function readUuid(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
