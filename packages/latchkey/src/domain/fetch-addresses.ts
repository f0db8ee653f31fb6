// The addresses from which the server may fetch the keys of issuers: public addresses, and networks that the setting
// LATCHKEY_KEY_SOURCE_NETWORKS names (RFC 6890). Behind other addresses may be internal services that trust every
// request from the server's network.
import { type AddressRange, contains, parseAddressRange, withoutZone } from './address-ranges.ts'
import { type IpAddress, parseIpAddress } from './ip-address.ts'

/**
 * Returns true if the server may connect to the address, because the address is public or in one of `networks`. Returns
 * false for a text that is not an address.
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

/** The addresses that no setting can allow. */
const NEVER = rangesOf(
  // On some systems `0.0.0.0` and `::` reach the machine itself.
  '0.0.0.0/8',
  '::',
  // Link-local addresses. Metadata services of clouds have such addresses, and give the credentials of the machine to
  // every caller.
  '169.254.0.0/16',
  'fe80::/10',
  // Other addresses of metadata services: of AWS, Google Cloud, Alibaba Cloud, Oracle Cloud and Azure.
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  // Multicast and broadcast addresses.
  '224.0.0.0/4',
  '255.255.255.255',
  'ff00::/8',
)

/**
 * IPv4 addresses that are not public: loopback, private, shared, documentation and reserved addresses (IANA IPv4
 * Special-Purpose Address Registry).
 */
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

/** The only IPv6 addresses that IANA assigns for the public Internet. */
const GLOBAL_UNICAST = rangesOf('2000::/3')

/**
 * The parts of 2000::/3 that are not public: those for protocols (for example Teredo) and for documentation (IANA IPv6
 * Special-Purpose Address Registry).
 */
const NOT_PUBLIC_IPV6 = rangesOf('2001::/23', '2001:db8::/32', '3fff::/20')

const isPublic = (address: IpAddress): boolean =>
  address.family === 'ipv4'
    ? !isWithin(address, NOT_PUBLIC_IPV4)
    : isWithin(address, GLOBAL_UNICAST) && !isWithin(address, NOT_PUBLIC_IPV6)

const NAT64 = rangesOf('64:ff9b::/96')
const SIX_TO_FOUR = rangesOf('2002::/16')

/**
 * Returns the IPv4 address to which a NAT64 translator or a 6to4 tunnel forwards packets for an IPv6 address (RFC 6052
 * §2.1, RFC 3056 §2). Returns every other address unchanged. An address in `::ffff:0:0/96` is already IPv4 here,
 * because `parseIpAddress` converts it.
 */
function destinationOf(address: IpAddress): IpAddress {
  const { bytes } = address
  if (isWithin(address, NAT64)) return { family: 'ipv4', bytes: bytes.slice(12) }
  if (isWithin(address, SIX_TO_FOUR)) return { family: 'ipv4', bytes: bytes.slice(2, 6) }
  return address
}
