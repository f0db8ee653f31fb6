// Where a request came from: the socket's other end, or what a trusted proxy says of it.
import { BlockList, isIP } from 'node:net'
import type { Requester } from '../ports/slots.ts'
import type { PublicRequest } from './public/public-request.ts'

/** Built from addresses and CIDR ranges that the configuration has checked; undefined when no proxy is trusted. */
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

/** X-Forwarded-For is read from its end, and only as far as every hop so far is a trusted proxy. */
export function clientAddress(remoteAddress: string, forwardedFor: string, trusted: BlockList | undefined): string {
  let address = plainAddress(remoteAddress)
  if (trusted === undefined || !isTrusted(address, trusted)) return address
  const hops = forwardedFor.split(',')
  for (const hop of hops.reverse()) {
    const named = plainAddress(hop.trim())
    if (isIP(named) === 0) return address
    address = named
    if (!isTrusted(address, trusted)) return address
  }
  return address
}

const isTrusted = (address: string, trusted: BlockList): boolean => {
  const family = isIP(address)
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** An IPv4 peer of a socket that also speaks IPv6 is written `::ffff:192.0.2.1`. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)
