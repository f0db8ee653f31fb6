// The addresses that an integration's requests may come from: single ones and CIDR ranges (RFC 4632, RFC 4291 §2.3).
import { accept, refuse, type Result } from '@latchkey/protocol'
import { formatIpAddress, type IpAddress, parseIpAddress } from './ip-address.ts'

export interface AddressRange {
  readonly first: IpAddress
  /** How many leading bits an address shares with `first` to be within. */
  readonly prefixLength: number
}

export type AddressRangeProblem =
  /** What stands before the slash, if there is one, is no IPv4 or IPv6 address. */
  | 'address_malformed'
  /** What stands behind the slash is no whole number from 0 to the length of the address. */
  | 'prefix_malformed'
  /** `10.1.2.3/8`: meant is either `10.1.2.3` or `10.0.0.0/8`, and the second is far wider. */
  | 'address_inside_range'

const MAPPED_BITS = 96

/** An address stands for itself alone. IPv4 written as IPv6 (`::ffff:10.0.0.0/104`) is read as the IPv4 range. */
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

/** The one way to write a range: two texts that mean the same come out equal. */
export const formatAddressRange = ({ first, prefixLength }: AddressRange): string =>
  prefixLength === first.bytes.length * 8 ? formatIpAddress(first) : `${formatIpAddress(first)}/${String(prefixLength)}`

/** True if there are no ranges: then every address is allowed. An address that cannot be read is within none. */
export function isAddressWithin(address: string, ranges: readonly AddressRange[]): boolean {
  if (ranges.length === 0) return true
  const asked = parseIpAddress(withoutZone(address))
  return asked !== undefined && ranges.some((range) => contains(range, asked))
}

/** The text for the network that an address is in: by IPv6 one customer has a /64 at least, all of it at once. */
export function networkOf(address: string): string {
  const parsed = parseIpAddress(withoutZone(address))
  if (parsed === undefined) return 'unknown'
  return parsed.family === 'ipv4' ? formatIpAddress(parsed) : formatAddressRange(startOf(parsed, 64))
}

/** A link-local address names its network card too (RFC 4007 §11): `fe80::1%eth0`. */
const withoutZone = (address: string): string => address.split('%', 1)[0] ?? ''

function readPrefix(text: string, offset: number): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(text)) return undefined
  const bits = Number(text) - offset
  return bits >= 0 ? bits : undefined
}

function contains({ first, prefixLength }: AddressRange, address: IpAddress): boolean {
  if (first.family !== address.family) return false
  for (let place = 0; 8 * place < prefixLength; place++) {
    const differing = (first.bytes[place] ?? 0) ^ (address.bytes[place] ?? 0)
    if ((differing & maskOf(place, prefixLength)) !== 0) return false
  }
  return true
}

const isFirstOf = ({ bytes }: IpAddress, prefixLength: number): boolean =>
  bytes.every((byte, place) => byte === (byte & maskOf(place, prefixLength)))

const startOf = ({ family, bytes }: IpAddress, prefixLength: number): AddressRange => ({
  first: { family, bytes: bytes.map((byte, place) => byte & maskOf(place, prefixLength)) },
  prefixLength,
})

/** The bits of one byte of the address that count. */
function maskOf(place: number, prefixLength: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - 8 * place))
  return (0xff << (8 - bits)) & 0xff
}
