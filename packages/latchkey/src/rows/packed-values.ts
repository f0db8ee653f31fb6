// Reads and writes numbers and UUIDs in binary values.

/** Writes a number as 8 bytes. Throws if the number is not a whole number from 0 to 2^53 - 1. */
export function writeNumber(bytes: Buffer, value: number, at: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${String(value)} cannot be stored`)
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  bytes.writeUInt32BE(value % 2 ** 32, at + 4)
}

export const readNumber = (bytes: Buffer, at: number): number =>
  bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)

/**
 * Writes a UUID as 16 bytes. Throws if the text is not a UUID in lower case, because a later read would return a
 * different text.
 */
export function writeUuid(bytes: Buffer, text: string, at: number): void {
  if (!UUID.test(text)) throw new Error('a token whose jti is not a UUID cannot be stored')
  const hex = text.slice(0, 8) + text.slice(9, 13) + text.slice(14, 18) + text.slice(19, 23) + text.slice(24)
  bytes.write(hex, at, 16, 'hex')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function readUuid(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
