// Finds members that occur twice in a JSON object, at any depth and in any spelling.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { repeatedMember } from '../../src/repeated-member.ts'

describe('a member that occurs twice is found', () => {
  test.each([
    ['{"a":1,"a":1}', ['a']],
    ['{"a":1,"b":2,"a":3}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    [' {\n"a" :\t1 ,"a":2}', ['a']],
    ['{"":1,"":2}', ['']],
    ['{"a":{"b":1,"c":[0,{"d":1,"d":2}]}}', ['a', 'c', 1, 'd']],
    ['[[],[{"a":1,"a":2}]]', [1, 0, 'a']],
    ['{"a":{"x":1},"a":{"y":2}}', ['a']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"a\\"b":1,"a\\"b":2}', ['a"b']],
  ])('%s', (json, path) => {
    JSON.parse(json)
    expect(repeatedMember(json)).toEqual(path)
  })
})

describe('no duplicate member is found', () => {
  test.each([
    '{}',
    '[]',
    '"a"',
    '1',
    'null',
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":["a","a"],"b":[{"a":1},{"a":2}]}',
    '{"a":"\\"a\\":1,\\"a\\":2","b":"{}[]:,"}',
    '{"a\\\\":1,"a":2}',
    '{"A":1,"a":2}',
  ])('%s', (json) => {
    JSON.parse(json)
    expect(repeatedMember(json)).toBe(undefined)
  })

  test('in any text that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        expect(repeatedMember(JSON.stringify(value, undefined, indent))).toBe(undefined)
      }),
    )
  })
})

test('a text of one megabyte is read without a deep stack, also if it is one string or has 100,000 levels', () => {
  expect(repeatedMember(`{"a":"${'\\"x'.repeat(300_000)}","a":1}`)).toEqual(['a'])
  expect(repeatedMember(`${'['.repeat(100_000)}{"a":1,"a":2}${']'.repeat(100_000)}`)).toHaveLength(100_001)
})
