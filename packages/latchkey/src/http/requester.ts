// The address of the client that sent a request: the peer of the socket, or the address that a trusted proxy reports.
import { BlockList, isIP } from 'node:net'
import { detached } from '@latchkey/protocol'
import type { Requester } from '../ports/slots.ts'
import type { PublicRequest } from './public/public-request.ts'

/**
 * Returns the list of trusted proxies for addresses and CIDR ranges that the configuration has validated. Undefined if
 * no proxy is trusted.
 */
export function trustedProxyList(ranges: readonly string[]): BlockList | undefined {
  if (ranges.length === 0) return undefined
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

export const requesterOf = (request: PublicRequest, trusted: BlockList | undefined): Requester => ({
  address: clientAddress(request.remoteAddress, request.headers('x-forwarded-for').join(','), trusted),
  userAgent: request.header('user-agent') ?? '',
})

/** Returns the address of the client: the last address of `clientAddresses`. */
export const clientAddress = (remoteAddress: string, forwardedFor: string, trusted: BlockList | undefined): string =>
  trusted === undefined
    ? plainAddress(remoteAddress)
    : (clientAddresses(remoteAddress, forwardedFor, trusted).at(-1) ?? '')

/**
 * Returns the addresses that a request came through, the nearest first and the client last. Reads X-Forwarded-For from
 * its end. Stops at the first address that does not belong to a trusted proxy, and at an entry that is not an address.
 */
export function clientAddresses(
  remoteAddress: string,
  forwardedFor: string,
  trusted: BlockList | undefined,
): readonly string[] {
  const addresses = [plainAddress(remoteAddress)]
  if (trusted === undefined) return addresses
  for (const hop of forwardedFor.split(',').reverse()) {
    const address = plainAddress(hop.trim())
    if (!isTrusted(addresses.at(-1) ?? '', trusted) || isIP(address) === 0) break
    // Copies the text, because V8 keeps the whole header in memory while a slice of the header is in use.
    addresses.push(detached(address))
  }
  return addresses
}

/** True if the address belongs to a trusted proxy. */
export const isTrusted = (address: string, trusted: BlockList): boolean => {
  const family = isIP(address)
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Shortens an IPv4 address such as `::ffff:192.0.2.1`, as a socket for both IPv6 and IPv4 reports it. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)
