// Recognizes loopback names and addresses, and wildcard addresses.
import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Returns true for a loopback name or address. An IPv6 address may be in brackets. */
export function isLoopback(host: string): boolean {
  const bare = withoutBrackets(host)
  const version = isIP(bare)
  if (version === 0) return bare.toLowerCase() === 'localhost'
  return loopback.check(bare, version === 4 ? 'ipv4' : 'ipv6')
}

export const isWildcard = (host: string): boolean => host === '0.0.0.0' || /^[0:]+$/.test(host)

const withoutBrackets = (host: string): string => host.replace(/^\[(.*)\]$/, '$1')
