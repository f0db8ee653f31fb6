// The Bearer scheme: which header values contain a token, and how a challenge is written.

import { describe, expect, test } from 'vitest'
import { bearerChallenge, readBearer } from '../../src/bearer.ts'

function read(headerValue: string | undefined) {
  const result = readBearer(headerValue)
  return result.ok ? { token: result.value } : result.refusal
}

describe('a bearer token', () => {
  test.each(['Bearer', 'bearer', 'BEARER'])('is read with the scheme in upper or lower case: %s', (scheme) => {
    expect(read(`${scheme} eyJh.eyJz.c2ln-_~+/==`)).toEqual({ token: 'eyJh.eyJz.c2ln-_~+/==' })
  })

  test.each([undefined, '', 'Basic YTpi', 'Bearerx', 'Bearer=x', 'eyJh.eyJz.c2ln', 'DPoP x'])(
    'is missing without the Bearer scheme: %j',
    (headerValue) => {
      expect(read(headerValue)).toBe('missing')
    },
  )

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer  a',
    'Bearer\ta',
    'Bearer a b',
    'Bearer a ',
    'Bearer a,b',
    'Bearer "a"',
    'Bearer =a',
    'Bearer a=b',
    'Bearer é',
    'Bearer a\n',
  ])('is malformed outside the syntax of RFC 6750: %j', (headerValue) => {
    expect(read(headerValue)).toBe('malformed')
  })

  test('of 4096 characters is read, and a longer token is malformed', () => {
    const longest = 'a'.repeat(4096)
    expect(read(`Bearer ${longest}`)).toEqual({ token: longest })
    expect(read(`Bearer ${longest}a`)).toBe('malformed')
  })
})

describe('a challenge', () => {
  test('has only the realm if the request had no token', () => {
    expect(bearerChallenge({ realm: 'latchkey' })).toBe('Bearer realm="latchkey"')
  })

  test('has the error, its description and the scope in this order', () => {
    expect(
      bearerChallenge({
        scope: 'machinelearning.predict',
        errorDescription: 'The token has another scope',
        error: 'insufficient_scope',
        realm: 'latchkey',
      }),
    ).toBe(
      'Bearer realm="latchkey", error="insufficient_scope", error_description="The token has another scope", scope="machinelearning.predict"',
    )
  })

  test('keeps quotation marks, backslashes, line breaks and letters beyond ASCII inside the quoted text', () => {
    expect(bearerChallenge({ realm: 'a"b\\c\r\nSet-Cookie: dé😀' })).toBe('Bearer realm="a\\"b\\\\c??Set-Cookie: d??"')
  })
})
