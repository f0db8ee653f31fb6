// Valid and invalid path patterns of an API.
import { describe, expect, test } from 'vitest'
import { REFERENCE_APIS } from '../../../src/domain/reference-catalog.ts'
import { isRoutePattern } from '../../../src/domain/route-pattern.ts'

describe('a route pattern', () => {
  test.each(['/', '/a', '/a/b.c/~d', '/{id}', '/a/{id}/b', '/**', '/a/**', "/a!$&'()+,;=:@-_/b", '/a/..b', '/{a}/{b}'])(
    'may be %s',
    (pattern) => {
      expect(isRoutePattern(pattern)).toBe(true)
    },
  )

  test.each([
    '',
    'a',
    '//',
    '/a/',
    '/a//b',
    '/..',
    '/a/../b',
    '/./a',
    '/a b',
    '/a%2fb',
    '/a?b',
    '/a#b',
    '/*',
    '/a/*',
    '/**/a',
    '/a**',
    '/{}',
    '/{1}',
    '/{a',
    '/a}',
    '/{a}b',
    '/{a}/{a}',
    '/é',
    '/a\nb',
    '/a\\b',
    `/${'a'.repeat(255)}`,
  ])('may not be %j', (pattern) => {
    expect(isRoutePattern(pattern)).toBe(false)
  })

  test('is valid in each API of the reference catalog', () => {
    expect(REFERENCE_APIS.flatMap(({ routes }) => routes).filter((route) => !isRoutePattern(route))).toEqual([])
  })
})
