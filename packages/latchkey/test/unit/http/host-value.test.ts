// The valid values of a Host header.
import { expect, test } from 'vitest'
import { isHostValue } from '../../../src/http/host-value.ts'

test.each([
  '',
  'localhost',
  'Auth.Example.com:8443',
  'my_service.default.svc:80',
  'xn--bcher-kva.example',
  '192.0.2.1:8080',
  '[2001:db8::1]:443',
  '[::ffff:192.0.2.1]',
  'example.com:',
  'example.com.',
])('%s is a host', (value) => {
  expect(isHostValue(value)).toBe(true)
})

test.each([
  'a b',
  'a, b',
  'a,b',
  'user@example.com',
  'example.com/path',
  'example.com?x',
  'example.com#x',
  'example.com\\x',
  'http://example.com',
  'example.com:80:80',
  'example.com:port',
  'example.com:65536',
  'example.com:-1',
  '[::1',
  '::1',
  '[::1]x',
  '[:::1]',
  '[1.2.3.4]',
  '"example.com"',
  'a;b=c',
  '<script>',
  'b\u00fccher.example',
  '%65xample.com',
  'a\tb',
  'a'.repeat(300),
])('%s is not a host', (value) => {
  expect(isHostValue(value)).toBe(false)
})
