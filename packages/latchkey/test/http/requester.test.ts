// The server takes the address of a client from X-Forwarded-For only if the header comes from trusted proxies, and
// reads the header from its end.
import { describe, expect, test } from 'vitest'
import { NO_BODY, PublicRequest } from '../../src/http/public/public-request.ts'
import { requesterOf, trustedProxyList } from '../../src/http/requester.ts'

const TRUSTED = trustedProxyList(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'])

const addressOf = (remoteAddress: string, ...forwarded: readonly string[]): string =>
  requesterOf(
    new PublicRequest({
      method: 'POST',
      target: { path: '/', query: '' },
      rawHeaders: forwarded.flatMap((value) => ['X-Forwarded-For', value]),
      remoteAddress,
      body: NO_BODY,
    }),
    TRUSTED,
  ).address

describe('the address of the client is', () => {
  test('the address of the socket if the socket does not belong to a trusted proxy, whatever the header contains', () => {
    expect(addressOf('198.51.100.7', '203.0.113.9')).toBe('198.51.100.7')
  })

  test('the address that the trusted proxy reports', () => {
    expect(addressOf('10.1.2.3', '203.0.113.9')).toBe('203.0.113.9')
    expect(addressOf('2001:db8::1', '2001:db9::2')).toBe('2001:db9::2')
  })

  test('the last address that is not a trusted proxy, because the client may have invented earlier addresses', () => {
    expect(addressOf('10.1.2.3', '1.1.1.1, 203.0.113.9, 10.9.9.9')).toBe('203.0.113.9')
    expect(addressOf('10.1.2.3', '1.1.1.1', '203.0.113.9', '192.0.2.1')).toBe('203.0.113.9')
  })

  test('the first address in the header if every address is that of a trusted proxy', () => {
    expect(addressOf('10.1.2.3', '10.7.7.7, 10.8.8.8')).toBe('10.7.7.7')
  })

  test('the last valid address if an invalid address precedes it in the header', () => {
    expect(addressOf('10.1.2.3', 'unknown, 10.9.9.9')).toBe('10.9.9.9')
    expect(addressOf('10.1.2.3', '<script>')).toBe('10.1.2.3')
    expect(addressOf('10.1.2.3', '')).toBe('10.1.2.3')
  })

  test('an IPv4 address even if the socket reports the address in the form of IPv6', () => {
    expect(addressOf('::ffff:198.51.100.7')).toBe('198.51.100.7')
    expect(addressOf('::ffff:10.1.2.3', '::ffff:203.0.113.9')).toBe('203.0.113.9')
  })
})
