// Reads IP addresses strictly and writes them in canonical form (RFC 4291, RFC 5952).

export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6'
  /** Four or sixteen numbers, each from 0 to 255. */
  readonly bytes: readonly number[]
}

/** Reads an address. Undefined if the text is not an address. `::ffff:192.0.2.1` is read as the IPv4 address. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > LONGEST) return undefined
  if (!text.includes(':')) return asFamily('ipv4', ipv4Bytes(text))
  const bytes = ipv6Bytes(text)
  return bytes !== undefined && isMapped(bytes) ? asFamily('ipv4', bytes.slice(12)) : asFamily('ipv6', bytes)
}

/** Returns the canonical text. Writes an IPv6 address in lower case, with its longest run of zeros as `::`. */
export const formatIpAddress = ({ family, bytes }: IpAddress): string =>
  family === 'ipv4' ? bytes.join('.') : formatIpv6(groupsOf(bytes))

const LONGEST = '0000:0000:0000:0000:0000:ffff:255.255.255.255'.length

const asFamily = (family: IpAddress['family'], bytes: readonly number[] | undefined): IpAddress | undefined =>
  bytes === undefined ? undefined : { family, bytes }

const isMapped = (bytes: readonly number[]): boolean =>
  bytes[10] === 0xff && bytes[11] === 0xff && bytes.every((byte, index) => index >= 10 || byte === 0)

// Rejects leading zeros: some programs read such a number as octal, others as decimal.
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/

function ipv4Bytes(text: string): readonly number[] | undefined {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet))) return undefined
  const bytes = octets.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function ipv6Bytes(text: string): readonly number[] | undefined {
  const [before = '', after, ...others] = text.split('::')
  if (others.length > 0) return undefined
  const head = bytesOfGroups(before, after === undefined)
  const tail = after === undefined ? [] : bytesOfGroups(after, true)
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (after === undefined) return missing === 0 ? head : undefined
  // RFC 4291 §2.2: `::` stands for at least one group.
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : undefined
}

const GROUP = /^[0-9a-fA-F]{1,4}$/

/**
 * Returns the bytes of the groups between colons. Undefined for a malformed group. The last group of an address may be
 * an IPv4 address in dotted form.
 */
function bytesOfGroups(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const bytes: number[] = []
  for (const [index, group] of groups.entries()) {
    if (GROUP.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
      continue
    }
    const octets = isEnd && index === groups.length - 1 ? ipv4Bytes(group) : undefined
    if (octets === undefined) return undefined
    bytes.push(...octets)
  }
  return bytes
}

const groupsOf = (bytes: readonly number[]): readonly number[] =>
  Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0))

function formatIpv6(groups: readonly number[]): string {
  const { start, length } = longestZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  return length < 2 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 }
  let length = 0
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > longest.length) longest = { start: index - length + 1, length }
  }
  return longest
}
