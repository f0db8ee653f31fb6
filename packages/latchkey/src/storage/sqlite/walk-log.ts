// Distinguishes between a damaged write-ahead log and a log that a crash has left incomplete. The check runs before
// SQLite opens the log, because SQLite drops invalid frames silently.
import { statSync } from 'node:fs'
import { addUp, isEqual, isOneBitOff, type Sums, type WordOrder } from './log-checksum.ts'
import { CONDEMNED, markedBytes } from './log-mark.ts'
import {
  type Frame,
  FRAME_HEADER_BYTES,
  frameBytes,
  HEADER_BYTES,
  LogFile,
  type LogHeader,
  type LogShape,
} from './log-file.ts'

/**
 * The log ends with an incomplete transaction, which the server was writing when the process crashed or the power
 * failed.
 */
export interface TornTail {
  readonly kind: 'torn'
  readonly frames: number
  readonly bytes: number
}

/**
 * The log is in a state that no crash can leave on a disk that keeps synced data. `at` is the offset of the byte at
 * which the damage begins.
 */
export interface LogDamage {
  readonly kind: 'damaged'
  readonly at: number
  readonly why: string
}

export type LogFinding = { readonly kind: 'whole' } | TornTail | LogDamage

/** The size of the smallest disk sector in bytes. */
const SECTOR_BYTES = 512

const WHOLE: LogFinding = { kind: 'whole' }

/**
 * The largest number of reads of the log. Damage is reported only if two consecutive reads find the damage at the same
 * byte, because another process may write to the log during a read.
 */
const MOST_READS = 10

/**
 * Checks the log of the database file at `path`, which must not be open in this process.
 * docs/architecture/one-token-request.md derives the rules. Returns `whole` if the log does not exist. Throws errors of
 * the file.
 */
export function walkLog(path: string): LogFinding {
  let last = readLog(path)
  for (let reads = 1; last.kind === 'damaged' && reads < MOST_READS; reads++) {
    const again = readLog(path)
    if (again.kind === 'damaged' && again.at === last.at) return again
    last = again
  }
  // The reads differ, so another process is writing to the log and has the lock of SQLite. The attempt to open the file
  // then reports this lock.
  return last.kind === 'damaged' ? WHOLE : last
}

function readLog(path: string): LogFinding {
  // Reads the mark before the log, because a running server may extend the log between the two reads.
  const marked = markedBytes(path)
  const log = LogFile.open(`${path}-wal`)
  if (log === undefined) return marked === 0 ? WHOLE : shorter(0, marked)
  try {
    if (log.bytes < marked) return shorter(log.bytes, marked)
    // SQLite makes a log only for a database file that has at least one page, and erases the log of an empty file.
    if (log.bytes > HEADER_BYTES && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0)
      return { kind: 'damaged', at: 0, why: `it belongs to ${path}, which is empty` }
    const header = log.header()
    if (header === undefined) return log.bytes === 0 ? WHOLE : { kind: 'torn', frames: 0, bytes: log.bytes }
    return header.isSound ? walkFrames(log, header) : judgeUnsoundHeader(log, header)
  } finally {
    log.close()
  }
}

const shorter = (bytes: number, marked: number): LogDamage => ({
  kind: 'damaged',
  at: bytes,
  why:
    marked === CONDEMNED
      ? 'a command that dropped its damaged part was interrupted'
      : `it ends there, although ${String(marked)} bytes of it were synced`,
})

function walkFrames(log: LogFile, header: LogHeader): LogFinding {
  const tail = new Tail(header)
  let firstMisfit: number | undefined
  let sums = header.sums
  let index = 0
  for (let frame = log.frame(header, index); frame !== undefined; frame = log.frame(header, ++index)) {
    const found = addUp(sums, frame.summed, header.order)
    const isOwn = isEqual(frame.salts, header.salts)
    const fits = isOwn && frame.page !== 0 && isEqual(found, frame.sums)
    if (!fits && firstMisfit === undefined) {
      firstMisfit = index
      const why = isEndLost(frame, log.frame(header, index + 1), header.order)
        ? undefined
        : flippedIn(frame, { found, isOwn, order: header.order })
      if (why !== undefined) return damage(header, index, why)
    }
    if (fits && frame.isCommit && firstMisfit === undefined) tail.begin(index + 1)
    else if (isOwn) {
      const why = tail.add(index, frame, { isTrusted: fits || isInOneSector(header, index) })
      if (why !== undefined) return damage(header, firstMisfit ?? index, why)
    }
    // After an invalid frame, the chain of checksums continues from the checksum that the frame contains.
    sums = frame.sums
  }
  return tail.finding(log, { index, isInOrder: firstMisfit === undefined })
}

/** Returns true if the whole header of the frame is in one sector, which a disk writes completely or not at all. */
const isInOneSector = (shape: LogShape, index: number): boolean => {
  const at = HEADER_BYTES + index * frameBytes(shape)
  return Math.floor(at / SECTOR_BYTES) === Math.floor((at + FRAME_HEADER_BYTES - 1) / SECTOR_BYTES)
}

/**
 * Returns true if a crash may have lost the sector that contains the end of this frame and the beginning of the next
 * frame of the transaction. This check is needed because the checksum is weak: a few different words at the end of a
 * page can change the checksum in the same way as one flipped bit in the middle of the page.
 */
const isEndLost = (frame: Frame, next: Frame | undefined, order: WordOrder): boolean =>
  next !== undefined && !frame.isCommit && !isEqual(addUp(frame.sums, next.summed, order), next.sums)

const damage = (shape: LogShape, index: number, why: string): LogDamage => ({
  kind: 'damaged',
  at: HEADER_BYTES + index * frameBytes(shape),
  why,
})

function flippedIn(
  { summed, sums, page }: Frame,
  { found, isOwn, order }: { readonly found: Sums; readonly isOwn: boolean; readonly order: WordOrder },
): string | undefined {
  // A frame that remains from an earlier use of the log file does not continue the chain of checksums.
  if (!isOwn) return isEqual(found, sums) && page !== 0 ? 'a frame that fits has the salts of another log' : undefined
  return isOneBitOff({ bytes: summed, order, found, stored: sums }) ? 'one bit of a frame was changed' : undefined
}

/**
 * The frames after the last complete transaction of the log. A crash can leave only frames of a single transaction
 * there, because a transaction begins only after the previous transaction is synced.
 */
class Tail {
  readonly #header: LogHeader
  readonly #pages = new Set<number>()
  #start = 0
  #end = 0
  #frames = 0
  #hasEnded = false

  constructor(header: LogHeader) {
    this.#header = header
  }

  /** Begins a new tail at the frame `start`. All transactions before this frame are complete. */
  begin(start: number): void {
    this.#pages.clear()
    this.#start = this.#end = start
    this.#frames = 0
  }

  /**
   * Adds a frame. Returns a reason if the frames now belong to more than one transaction. Undefined if they may belong
   * to a single transaction.
   */
  add(index: number, { page, isCommit }: Frame, { isTrusted }: { readonly isTrusted: boolean }): string | undefined {
    if (this.#hasEnded) return 'a whole transaction and frames of a later one follow'
    this.#frames++
    this.#end = index + 1
    if (!isTrusted) return undefined
    this.#hasEnded = isCommit
    // A repeated page means a second transaction, except in the last frame: SQLite may write the last page of a large
    // transaction twice.
    if (!isCommit && this.#pages.has(page)) return 'frames of two transactions follow'
    this.#pages.add(page)
    return undefined
  }

  finding(log: LogFile, { index, isInOrder }: { readonly index: number; readonly isInOrder: boolean }): LogFinding {
    const at = (frame: number): number => HEADER_BYTES + frame * frameBytes(this.#header)
    // The file may end with an incomplete frame.
    const rest = isInOrder ? log.bytes - at(index) : 0
    if (this.#frames === 0 && rest === 0) return WHOLE
    return { kind: 'torn', frames: this.#frames, bytes: at(this.#end) - at(this.#start) + rest }
  }
}

const PAGE_SIZES = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536]
const ORDERS = ['little-endian', 'big-endian'] as const

/**
 * Checks a log with an invalid header. SQLite syncs the header before the first frame, and the 32 bytes of the header
 * are in one sector. So valid frames cannot follow a header that a crash has left invalid.
 */
function judgeUnsoundHeader(log: LogFile, header: LogHeader): LogFinding {
  for (const pageBytes of PAGE_SIZES) {
    for (const order of ORDERS) {
      if (hasChain(log, { pageBytes, order }, header))
        return { kind: 'damaged', at: 0, why: 'the header does not fit, although whole frames follow' }
    }
  }
  return { kind: 'torn', frames: 0, bytes: log.bytes }
}

function hasChain(log: LogFile, shape: LogShape, header: LogHeader): boolean {
  let before: Frame | undefined
  for (let index = 0; ; index++) {
    const frame = log.frame(shape, index)
    if (frame === undefined) return false
    const seeds = before === undefined ? [header.sums, header.foundSums] : [before.sums]
    const isChained = seeds.some((sums) => isEqual(addUp(sums, frame.summed, shape.order), frame.sums))
    if (isChained && frame.page !== 0) return true
    before = frame
  }
}
