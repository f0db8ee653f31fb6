// From which addresses the server fetches keys.
import { describe, expect, test } from 'vitest'
import { isFetchAllowed } from '../../../src/domain/fetch-addresses.ts'
import { addressRanges } from '../../address-ranges.ts'

const EVERYTHING = addressRanges('0.0.0.0/0', '::/0')

describe('without a setting the server fetches keys from', () => {
  test.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700:4700::1111', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1'])(
    'the public address %s',
    (address) => {
      expect(isFetchAllowed(address, [])).toBe(true)
    },
  )
})

describe('the server fetches keys only with a setting from', () => {
  test.each([
    ['loopback', '127.0.0.1', '127.0.0.0/8'],
    ['another address of loopback', '127.255.255.254', '127.0.0.0/8'],
    ['loopback of IPv6', '::1', '::1'],
    ['a private address', '10.0.0.1', '10.0.0.0/8'],
    ['a private address', '172.16.0.1', '172.16.0.0/12'],
    ['the last private address of its range', '172.31.255.255', '172.16.0.0/12'],
    ['a private address', '192.168.0.1', '192.168.0.0/16'],
    ['an address behind carrier-grade NAT', '100.64.0.1', '100.64.0.0/10'],
    ['a unique local address', 'fc00::1', 'fc00::/7'],
    ['a unique local address', 'fd12:3456:789a::1', 'fd12:3456:789a::/48'],
    ['IPv4 that is written as IPv6', '::ffff:127.0.0.1', '127.0.0.1'],
    ['IPv4 behind NAT64', '64:ff9b::7f00:1', '127.0.0.1'],
    ['IPv4 behind 6to4', '2002:7f00:1::', '127.0.0.1'],
    ['the private prefix of NAT64', '64:ff9b:1::1', '64:ff9b:1::/48'],
    ['IPv4 at the end of zeros', '::127.0.0.1', '::/96'],
    ['Teredo', '2001::1', '2001::/32'],
    ['a site-local address', 'fec0::1', 'fec0::/10'],
    ['documentation', '192.0.2.1', '192.0.2.0/24'],
    ['documentation', '2001:db8::1', '2001:db8::/32'],
    ['a benchmark', '198.18.0.1', '198.18.0.0/15'],
    ['a reserved address', '240.0.0.1', '240.0.0.0/4'],
  ])('%s, %s', (_, address, network) => {
    expect(isFetchAllowed(address, [])).toBe(false)
    expect(isFetchAllowed(address, addressRanges('203.0.113.0/24'))).toBe(false)
    expect(isFetchAllowed(address, addressRanges(network))).toBe(true)
  })
})

describe('no setting lets the server fetch keys from', () => {
  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fe80::1',
    'fe80::1%lo',
    'febf::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    'ff02::1',
    'localhost',
    '127.1',
    '',
  ])('%j', (address) => {
    expect(isFetchAllowed(address, EVERYTHING)).toBe(false)
  })
})
