// Computes a checksum of a table that depends neither on the order of the rows nor on the storage engine.
import { createHash } from 'node:crypto'
import type { Row } from '../../rows/disk.ts'
import type { Table } from './tables.ts'

const BYTES = 32

export class TableDigest {
  readonly #columns: readonly string[]
  readonly #sum = Buffer.alloc(BYTES)
  #count = 0

  constructor({ columns }: Table) {
    this.#columns = columns
  }

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const values = this.#columns.map((column) => {
        const value = row[column]
        return value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value
      })
      const hash = createHash('sha256').update(JSON.stringify(values)).digest()
      // The hashes of the rows are combined by XOR. Two rows never cancel each other out, because all rows of a table
      // have different keys.
      for (let at = 0; at < BYTES; at++) this.#sum.writeUInt8(this.#sum.readUInt8(at) ^ hash.readUInt8(at), at)
      this.#count++
    }
  }

  get count(): number {
    return this.#count
  }

  get text(): string {
    return `${String(this.#count)} ${this.#sum.toString('hex')}`
  }
}
