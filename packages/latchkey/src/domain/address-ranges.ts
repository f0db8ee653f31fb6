// The addresses that an integration's requests may come from: single addresses and CIDR ranges (RFC 4632, RFC 4291
// §2.3).
import { accept, refuse, type Result } from '@latchkey/protocol'
import { formatIpAddress, type IpAddress, parseIpAddress } from './ip-address.ts'

export interface AddressRange {
  readonly first: IpAddress
  /** The number of leading bits that every address of the range shares with `first`. */
  readonly prefixLength: number
}

export type AddressRangeProblem =
  /** The text before the slash is not an IPv4 or IPv6 address. */
  | 'address_malformed'
  /** The text after the slash is not a whole number from 0 to the length of the address. */
  | 'prefix_malformed'
  /**
   * The address is not the first address of the range. `10.1.2.3/8` could mean the address `10.1.2.3` or the much
   * larger range `10.0.0.0/8`.
   */
  | 'address_inside_range'

const MAPPED_BITS = 96

/**
 * Reads an address or a range. An address without a prefix is a range of one address. `::ffff:10.0.0.0/104` is an IPv4
 * range.
 */
export function parseAddressRange(text: string): Result<AddressRange, AddressRangeProblem> {
  const [address = '', prefix, ...others] = text.split('/')
  const first = parseIpAddress(address)
  if (first === undefined) return refuse('address_malformed')
  const bits = first.bytes.length * 8
  const isMapped = first.family === 'ipv4' && address.includes(':')
  const prefixLength = prefix === undefined ? bits : readPrefix(prefix, isMapped ? MAPPED_BITS : 0)
  if (prefixLength === undefined || prefixLength > bits || others.length > 0) return refuse('prefix_malformed')
  return isFirstOf(first, prefixLength) ? accept({ first, prefixLength }) : refuse('address_inside_range')
}

/** Returns the canonical text of a range, so that equal ranges have equal texts. */
export const formatAddressRange = ({ first, prefixLength }: AddressRange): string =>
  prefixLength === first.bytes.length * 8 ? formatIpAddress(first) : `${formatIpAddress(first)}/${String(prefixLength)}`

/**
 * The address ranges that are checked if the authentication has already failed. The check then takes the same time for
 * every integration, so that the time of a refusal reveals nothing. No request comes from the address 0.0.0.0.
 */
export const STAND_IN_RANGES: readonly AddressRange[] = [
  { first: { family: 'ipv4', bytes: [0, 0, 0, 0] }, prefixLength: 32 },
]

/** Returns true if a range contains the address, or if there are no ranges. A malformed address is in no range. */
export function isAddressWithin(address: string, ranges: readonly AddressRange[]): boolean {
  if (ranges.length === 0) return true
  const parsed = parseIpAddress(withoutZone(address))
  return parsed !== undefined && ranges.some((range) => contains(range, parsed))
}

/**
 * Returns the network whose requests count as the requests of one caller, as a text. For IPv4, this is the address
 * itself. For IPv6, this is the /64, because one customer can use all addresses of a /64.
 */
export function networkOf(address: string): string {
  const parsed = parseIpAddress(withoutZone(address))
  if (parsed === undefined) return 'unknown'
  return parsed.family === 'ipv4' ? formatIpAddress(parsed) : formatAddressRange(startOf(parsed, 64))
}

/** Removes the zone of a link-local address, such as `%eth0` in `fe80::1%eth0` (RFC 4007 §11). */
export const withoutZone = (address: string): string => address.split('%', 1)[0] ?? ''

function readPrefix(text: string, offset: number): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(text)) return undefined
  const bits = Number(text) - offset
  return bits >= 0 ? bits : undefined
}

/**
 * Returns true if the address is in the range. An IPv4 address is never in an IPv6 range, nor an IPv6 address in an
 * IPv4 range.
 */
export function contains({ first, prefixLength }: AddressRange, address: IpAddress): boolean {
  if (first.family !== address.family) return false
  for (let index = 0; 8 * index < prefixLength; index++) {
    const differing = (first.bytes[index] ?? 0) ^ (address.bytes[index] ?? 0)
    if ((differing & maskOf(index, prefixLength)) !== 0) return false
  }
  return true
}

const isFirstOf = ({ bytes }: IpAddress, prefixLength: number): boolean =>
  bytes.every((byte, index) => byte === (byte & maskOf(index, prefixLength)))

const startOf = ({ family, bytes }: IpAddress, prefixLength: number): AddressRange => ({
  first: { family, bytes: bytes.map((byte, index) => byte & maskOf(index, prefixLength)) },
  prefixLength,
})

/** Returns the mask of the byte at `index` for a prefix of this length. */
function maskOf(index: number, prefixLength: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - 8 * index))
  return (0xff << (8 - bits)) & 0xff
}
