// Reads the header and the frames of a write-ahead log of SQLite (https://sqlite.org/fileformat2.html#the_write_ahead_log).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { addUp, isEqual, NO_SUMS, type Sums, type WordOrder } from './log-checksum.ts'

export const HEADER_BYTES = 32
export const FRAME_HEADER_BYTES = 24
const MAGIC = 0x377f0682

/** The layout of a log: the page size, and the byte order of the checksums. */
export interface LogShape {
  readonly pageBytes: number
  readonly order: WordOrder
}

export interface LogHeader extends LogShape {
  readonly salts: Sums
  /** The stored checksum. The checksum of the first frame continues from it. */
  readonly sums: Sums
  /** The computed checksum of the header, over the bytes before the stored checksum. */
  readonly foundSums: Sums
  /** True if the header is valid. SQLite ignores a log with an invalid header. */
  readonly isSound: boolean
}

export interface Frame {
  readonly page: number
  /** True for the last frame of a transaction. */
  readonly isCommit: boolean
  readonly salts: Sums
  /** The stored checksum of the frame. */
  readonly sums: Sums
  /** The bytes that the checksum covers: the first eight bytes of the frame header, and the page. */
  readonly summed: DataView
}

export const frameBytes = ({ pageBytes }: LogShape): number => FRAME_HEADER_BYTES + pageBytes

export class LogFile {
  readonly #file: number
  readonly bytes: number

  private constructor(file: number) {
    this.#file = file
    this.bytes = fstatSync(file).size
  }

  /** Opens the log file. Undefined if the file does not exist. */
  static open(path: string): LogFile | undefined {
    try {
      return new LogFile(openSync(path, 'r'))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw cause
    }
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Reads the header of the log. Undefined if the file is shorter than a header. */
  header(): LogHeader | undefined {
    const head = this.#read(0, HEADER_BYTES)
    if (head.byteLength < HEADER_BYTES) return undefined
    const magic = head.getUint32(0)
    const order = (magic & 1) === 0 ? 'little-endian' : 'big-endian'
    const pageBytes = head.getUint32(8)
    const foundSums = addUp(NO_SUMS, part(head, 0, HEADER_BYTES - 8), order)
    const sums = pair(head, 24)
    const isPageSize = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0
    const isSound = (magic & ~1) === MAGIC && isPageSize && isEqual(foundSums, sums)
    return { pageBytes, order, salts: pair(head, 16), sums, foundSums, isSound }
  }

  /** Reads a frame. The first frame has the index 0. Undefined if the file ends before the end of the frame. */
  frame(shape: LogShape, index: number): Frame | undefined {
    const bytes = this.#read(HEADER_BYTES + index * frameBytes(shape), frameBytes(shape))
    if (bytes.byteLength < frameBytes(shape)) return undefined
    const summed = new Uint8Array(8 + shape.pageBytes)
    summed.set(new Uint8Array(bytes.buffer, 0, 8))
    summed.set(new Uint8Array(bytes.buffer, FRAME_HEADER_BYTES, shape.pageBytes), 8)
    return {
      page: bytes.getUint32(0),
      isCommit: bytes.getUint32(4) !== 0,
      salts: pair(bytes, 8),
      sums: pair(bytes, 16),
      summed: new DataView(summed.buffer),
    }
  }

  /** Reads `length` bytes, or fewer if the file ends before. */
  #read(at: number, length: number): DataView {
    const bytes = new Uint8Array(length)
    let read = 0
    while (read < length) {
      const got = readSync(this.#file, bytes, read, length - read, at + read)
      if (got === 0) break
      read += got
    }
    return new DataView(bytes.buffer, 0, read)
  }
}

const part = (bytes: DataView, at: number, length: number): DataView => new DataView(bytes.buffer, at, length)

const pair = (bytes: DataView, at: number): Sums => [bytes.getInt32(at), bytes.getInt32(at + 4)]
