// The addresses from which the server fetches keys: public ones, and those of networks that the operator of the server
// names (RFC 6890). Every other address may be a service that trusts the server's network.
import { type AddressRange, contains, parseAddressRange, withoutZone } from './address-ranges.ts'
import { type IpAddress, parseIpAddress } from './ip-address.ts'

/**
 * Returns true if the server may connect to the address. `networks` are the networks beyond public addresses that it may
 * use. A text that is not an address is not allowed.
 */
export function isFetchAllowed(text: string, networks: readonly AddressRange[]): boolean {
  const parsed = parseIpAddress(withoutZone(text))
  if (parsed === undefined) return false
  const address = destinationOf(parsed)
  if (isWithin(address, NEVER)) return false
  return isPublic(address) || isWithin(address, networks)
}

const rangesOf = (...texts: readonly string[]): readonly AddressRange[] =>
  texts.map((text) => {
    const range = parseAddressRange(text)
    if (!range.ok) throw new TypeError(`${text}: ${range.refusal}`)
    return range.value
  })

const isWithin = (address: IpAddress, ranges: readonly AddressRange[]): boolean =>
  ranges.some((range) => contains(range, address))

/** No setting allows these. */
const NEVER = rangesOf(
  // On some systems these two reach the machine itself.
  '0.0.0.0/8',
  '::',
  // Link-local addresses, among them the services that hand out the credentials of a cloud machine.
  '169.254.0.0/16',
  'fe80::/10',
  // Such services at other addresses: of AWS, Google Cloud, Alibaba Cloud, Oracle Cloud and Azure.
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  // Multicast and broadcast.
  '224.0.0.0/4',
  '255.255.255.255',
  'ff00::/8',
)

/** Loopback, private, shared, documentation and reserved addresses (IANA IPv4 Special-Purpose Address Registry). */
const NOT_PUBLIC_IPV4 = rangesOf(
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
)

/** The only IPv6 addresses that IANA hands out for the public network. */
const GLOBAL_UNICAST = rangesOf('2000::/3')

/** Parts of it for protocols, Teredo among them, and for documentation (IANA IPv6 Special-Purpose Address Registry). */
const NOT_PUBLIC_IPV6 = rangesOf('2001::/23', '2001:db8::/32', '3fff::/20')

const isPublic = (address: IpAddress): boolean =>
  address.family === 'ipv4'
    ? !isWithin(address, NOT_PUBLIC_IPV4)
    : isWithin(address, GLOBAL_UNICAST) && !isWithin(address, NOT_PUBLIC_IPV6)

const NAT64 = rangesOf('64:ff9b::/96')
const SIX_TO_FOUR = rangesOf('2002::/16')

/**
 * Returns the IPv4 address to which a translator or a tunnel forwards packets for an IPv6 address (RFC 6052 §2.1, RFC
 * 3056 §2), and every other address as it is. `::ffff:0:0/96` is IPv4 for the parser.
 */
function destinationOf(address: IpAddress): IpAddress {
  const { bytes } = address
  if (isWithin(address, NAT64)) return { family: 'ipv4', bytes: bytes.slice(12) }
  if (isWithin(address, SIX_TO_FOUR)) return { family: 'ipv4', bytes: bytes.slice(2, 6) }
  return address
}
