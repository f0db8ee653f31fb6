// Requests whose Authorization header was broken over lines by base64, so that no HTTP parser accepts them.

import { describe, expect, test } from 'vitest'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import { looksLikeWrappedBasic } from '../../src/wrapped-basic.ts'

const FIRST = 'QUJD'.repeat(19)
const request = (lines: string): string =>
  `POST /v1/token HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines}\r\nAccept: application/json\r\n\r\n`

describe('a request with a wrapped Basic value', () => {
  test.each([
    `Authorization: Basic ${FIRST}\nZWZnaA==`,
    `Authorization: Basic ${FIRST}\r\nZWZnaA==`,
    `authorization:basic ${FIRST}\n ZWZnaA`,
    `AUTHORIZATION:\tBASIC ${FIRST} \r\n\tZWZnaA== `,
    `Authorization: Basic ${FIRST}\n${FIRST}\nZg==`,
  ])('is recognised: %j', (lines) => {
    expect(looksLikeWrappedBasic(request(lines))).toBe(true)
  })

  test('is recognised when the packet ends within the second line', () => {
    expect(looksLikeWrappedBasic(`GET / HTTP/1.1\r\nAuthorization: Basic ${FIRST}\nZWZn`)).toBe(true)
  })
})

describe('any other request', () => {
  test.each([
    `Authorization: Basic ${FIRST}`,
    `Authorization: Basic ${FIRST}\nHost: example`,
    `Authorization: Basic ${FIRST}\nAccept:x`,
    `Authorization: Bearer ${FIRST}\nZWZnaA==`,
    `X-Authorization: Basic ${FIRST}\nZWZnaA==`,
    `Authorization: Basic id:secret\nZWZnaA==`,
    `Authorization: Basic ${FIRST}\nnot base64`,
    `Authorization: Basic\nZWZnaA==`,
  ])('is not recognised as one with a wrapped Basic value: %j', (lines) => {
    expect(looksLikeWrappedBasic(request(lines))).toBe(false)
  })

  test.each([
    ['one endless line', `\nauthorization: basic ${'A'.repeat(200_000)}:`],
    ['many beginnings', '\nauthorization: basic AAAA'.repeat(8000)],
    ['spaces', `\nauthorization:${' '.repeat(200_000)}x`],
    ['padding', `\nauthorization: basic A${'='.repeat(200_000)}x`],
  ])('that is made to waste time is checked quickly: %s', (_what, raw) => {
    const took = stopwatch()
    expect(looksLikeWrappedBasic(raw)).toBe(false)
    expect(took()).toBeLessThan(200)
  })
})
