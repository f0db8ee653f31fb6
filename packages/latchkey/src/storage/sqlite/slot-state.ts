// Encodes the state of a slot as one binary value for the embedded store. The length of the value changes only if the
// slot gets or loses a predecessor, so SQLite usually overwrites the value in place.
import type { SqlValue } from '../../rows/disk.ts'
import { readNumber, readUuid, writeNumber, writeUuid } from '../../rows/packed-values.ts'

/** A recorded token. `audience` is the number of the audience in the table `audience`. */
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
  /**
   * The MAC in hexadecimal digits. Null if the slot has no token, or if an older version of Latchkey wrote the slot.
   */
  readonly mac: string | null
}

// The format, version 1, with all numbers big-endian and their lengths in bytes in parentheses: version (1), flags (1),
// generation (8), issuances (8), revoked generation (8), superseded generation (8), the live token (or bytes 0xff in
// its place), the predecessor with its deadline (8) if the slot has a predecessor, and the MAC (16, or bytes 0xff in
// its place). A token is: generation (8), jti (16), issued at (8), expires at (8), audience (4).
const VERSION = 1
const [HAS_LIVE, HAS_PREDECESSOR, HAS_MAC] = [1, 2, 4]
const LIVE_AT = 34
const TOKEN_BYTES = 44
const PREDECESSOR_AT = LIVE_AT + TOKEN_BYTES
const MAC_BYTES = 16
const LENGTH = PREDECESSOR_AT + MAC_BYTES
const LENGTH_WITH_PREDECESSOR = LENGTH + TOKEN_BYTES + 8

export function encodeSlotState(state: SlotState): Uint8Array {
  const { live, predecessor, mac } = state
  const bytes = Buffer.allocUnsafe(predecessor === undefined ? LENGTH : LENGTH_WITH_PREDECESSOR)
  bytes[0] = VERSION
  bytes[1] = (live ? HAS_LIVE : 0) | (predecessor ? HAS_PREDECESSOR : 0) | (mac ? HAS_MAC : 0)
  writeNumber(bytes, state.generation, 2)
  writeNumber(bytes, state.issuances, 10)
  writeNumber(bytes, state.revokedGeneration, 18)
  writeNumber(bytes, state.supersededGeneration, 26)
  // Empty fields are filled with one bits. If they were filled with zero bits, a sector might contain only a single one
  // bit, and `walkLog` could not distinguish the loss of this sector from a flipped bit.
  if (live === undefined) bytes.fill(0xff, LIVE_AT, PREDECESSOR_AT)
  else writeToken(bytes, live, LIVE_AT)
  if (predecessor !== undefined) {
    writeToken(bytes, predecessor, PREDECESSOR_AT)
    writeNumber(bytes, predecessor.until, PREDECESSOR_AT + TOKEN_BYTES)
  }
  const macAt = bytes.length - MAC_BYTES
  if (mac === null) bytes.fill(0xff, macAt)
  else if (bytes.write(mac, macAt, 'hex') !== MAC_BYTES) throw new RangeError('the text is not the MAC of a slot')
  return bytes
}

/** Reads a state from bytes or from hexadecimal digits. Throws if the value is damaged. */
export function decodeSlotState(value: SqlValue | undefined): SlotState {
  const bytes = bytesOf(value)
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
    mac: (flags & HAS_MAC) === 0 ? null : bytes.toString('hex', bytes.length - MAC_BYTES),
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

function bytesOf(value: SqlValue | undefined): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length)
  return typeof value === 'string' ? Buffer.from(value, 'hex') : NO_BYTES
}

const NO_BYTES = Buffer.alloc(0)
