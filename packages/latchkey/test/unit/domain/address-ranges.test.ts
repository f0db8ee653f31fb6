// Addresses and ranges match in the same way as in node:net, but their texts are parsed more strictly.
import fc from 'fast-check'
import { BlockList, isIP } from 'node:net'
import { describe, expect, test } from 'vitest'
import {
  formatAddressRange,
  isAddressWithin,
  networkOf,
  parseAddressRange,
} from '../../../src/domain/address-ranges.ts'
import { addressRanges } from '../../address-ranges.ts'
import { formatIpAddress, parseIpAddress } from '../../../src/domain/ip-address.ts'

const bytesOf = (length: number) => fc.array(fc.integer({ min: 0, max: 255 }), { minLength: length, maxLength: length })
// Most groups of the address are zero, so that `::` occurs in every position.
const group = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
)
const ipv4 = bytesOf(4).map((bytes) => bytes.join('.'))
const ipv6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => formatIpAddress({ family: 'ipv6', bytes: groups.flatMap((each) => [each >> 8, each & 0xff]) }))
  // IPv4 addresses that are written as IPv6 addresses.
  .filter((text) => !text.startsWith('::ffff:'))
const address = fc.oneof(ipv4, ipv6)
const familyOf = (text: string): 'ipv4' | 'ipv6' => (isIP(text) === 6 ? 'ipv6' : 'ipv4')

/** Returns the range of this length that contains the address. */
function rangeAround(text: string, length: number): string {
  const parsed = parseIpAddress(text)
  if (parsed === undefined) throw new Error(text)
  const bits = parsed.bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const start = bits.slice(0, length).padEnd(bits.length, '0')
  const bytes = parsed.bytes.map((_, place) => Number.parseInt(start.slice(8 * place, 8 * place + 8), 2))
  return `${formatIpAddress({ ...parsed, bytes })}/${String(length)}`
}

const range = fc
  .tuple(address, fc.integer({ min: 0, max: 128 }))
  .map(([text, length]) => rangeAround(text, familyOf(text) === 'ipv4' ? length % 33 : length))

/** An address, and ranges of which only some contain it. */
const addressAndRanges = address.chain((text) =>
  fc.record({
    requested: fc.constant(text),
    ranges: fc.array(
      fc.oneof(
        range,
        fc.integer({ min: 0, max: familyOf(text) === 'ipv4' ? 32 : 128 }).map((length) => rangeAround(text, length)),
      ),
      { minLength: 1, maxLength: 5 },
    ),
  }),
)

describe('an address is within ranges exactly when the list of node:net says so', () => {
  test('for all addresses and ranges of both families', () => {
    fc.assert(
      fc.property(addressAndRanges, ({ requested, ranges }) => {
        const list = new BlockList()
        for (const each of ranges) {
          const [start = '', length] = each.split('/')
          list.addSubnet(start, Number(length), familyOf(start))
        }
        // Leaves out `::ffff:0:0/96` and wider ranges: for Latchkey an IPv6 range contains only IPv6 addresses.
        fc.pre(requested.includes(':') || ranges.every((each) => !each.startsWith('::')))
        expect(isAddressWithin(requested, addressRanges(...ranges))).toBe(list.check(requested, familyOf(requested)))
      }),
      { numRuns: 2000 },
    )
  })

  test('for all pairs of single addresses', () => {
    fc.assert(
      fc.property(address, address, (one, other) => {
        expect(isAddressWithin(one, addressRanges(one))).toBe(true)
        expect(isAddressWithin(one, addressRanges(other))).toBe(one === other)
      }),
    )
  })
})

describe('an address', () => {
  test('is accepted exactly if node:net accepts it', () => {
    const nearly = fc.stringMatching(/^[0-9a-f:.]{0,20}$/)
    fc.assert(
      fc.property(fc.oneof(address, nearly, fc.string()), (text) => {
        fc.pre(!text.includes('%'))
        expect(parseIpAddress(text) !== undefined, text).toBe(isIP(text) !== 0)
      }),
      { numRuns: 5000 },
    )
  })

  test.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:201', '192.0.2.1'],
  ])('%s is written %s', (text, canonical) => {
    const parsed = parseIpAddress(text)
    expect(parsed && formatIpAddress(parsed)).toBe(canonical)
  })

  test('in its canonical form is read as the same address', () => {
    fc.assert(
      fc.property(address, (text) => {
        const parsed = parseIpAddress(text)
        expect(parsed && parseIpAddress(formatIpAddress(parsed))).toEqual(parsed)
      }),
    )
  })
})

describe('a range', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
  ])('%s is written %s', (text, canonical) => {
    const parsed = parseAddressRange(text)
    expect(parsed.ok && formatAddressRange(parsed.value)).toBe(canonical)
  })

  test.each([
    ['', 'address_malformed'],
    ['example.org', 'address_malformed'],
    ['10.0.0', 'address_malformed'],
    ['10.0.0.256', 'address_malformed'],
    ['010.0.0.0/8', 'address_malformed'],
    ['10.0.0.0 /8', 'address_malformed'],
    ['fe80::1%eth0', 'address_malformed'],
    ['1::2::3', 'address_malformed'],
    ['192.0.2.1::', 'address_malformed'],
    ['10.0.0.0/', 'prefix_malformed'],
    ['10.0.0.0/33', 'prefix_malformed'],
    ['10.0.0.0/08', 'prefix_malformed'],
    ['10.0.0.0/-1', 'prefix_malformed'],
    ['10.0.0.0/255.0.0.0', 'prefix_malformed'],
    ['10.0.0.0/8/8', 'prefix_malformed'],
    ['2001:db8::/129', 'prefix_malformed'],
    ['::ffff:10.0.0.0/8', 'prefix_malformed'],
    ['10.1.2.3/8', 'address_inside_range'],
    ['2001:db8::1/32', 'address_inside_range'],
  ])('%j is refused: %s', (text, problem) => {
    expect(parseAddressRange(text)).toEqual({ ok: false, refusal: problem })
  })
})

test('without ranges every address is allowed, with ranges only a well-formed one', () => {
  expect(isAddressWithin('', [])).toBe(true)
  expect(isAddressWithin('', addressRanges('0.0.0.0/0', '::/0'))).toBe(false)
  expect(isAddressWithin('unix', addressRanges('0.0.0.0/0', '::/0'))).toBe(false)
})

test('an IPv4 address that is written as IPv6 is in the IPv4 range, and the range of all IPv6 addresses contains no IPv4 address', () => {
  expect(isAddressWithin('::ffff:192.0.2.7', addressRanges('192.0.2.0/24'))).toBe(true)
  expect(isAddressWithin('::ffff:c000:207', addressRanges('192.0.2.0/24'))).toBe(true)
  expect(isAddressWithin('192.0.2.7', addressRanges('::/0'))).toBe(false)
})

test('the zone of a link-local address is ignored', () => {
  expect(isAddressWithin('fe80::1%eth0', addressRanges('fe80::/10'))).toBe(true)
})

test('each IPv4 address is a network of its own, and IPv6 addresses of the same /64 share one network', () => {
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1')
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64')
  expect(networkOf('')).toBe('unknown')
})
