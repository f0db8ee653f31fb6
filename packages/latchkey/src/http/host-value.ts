// Checks the value of a Host header: RFC 9112 §3.2 with RFC 3986 §3.2.2.
import { isIPv6 } from 'node:net'

// The pattern is stricter than RFC 3986, which also allows characters that no host name has. A comma or a quotation
// mark would start another value in X-Forwarded-Host and Forwarded.
const HOST = /^(?:\[([0-9a-f:.]+)\]|[a-z0-9._-]*)(?::([0-9]{0,5}))?$/i
const LONGEST_NAME = 255
const HIGHEST_PORT = 65_535

/** True for a host name or an address, with or without a port. Also true for an empty value, which RFC 9112 allows. */
export function isHostValue(value: string): boolean {
  if (value.length > LONGEST_NAME + ':65535'.length) return false
  const [whole, ipv6, port = ''] = HOST.exec(value) ?? []
  return whole !== undefined && (ipv6 === undefined || isIPv6(ipv6)) && Number(port) <= HIGHEST_PORT
}
