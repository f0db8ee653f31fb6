// Files in YAML or JSON: a name that occurs twice in a mapping is refused, however it is spelled.
import { describe, expect, test } from 'vitest'
import { readYaml } from '../../../src/config/read-yaml.ts'

test('the content of a file is read, with the values that its aliases refer to', () => {
  expect(readYaml('a: &x [1, two]\nb: *x\nc: { d: null }\n')).toEqual({
    ok: true,
    value: { a: [1, 'two'], b: [1, 'two'], c: { d: null } },
  })
  expect(readYaml('{"a": {"a": 1}}')).toEqual({ ok: true, value: { a: { a: 1 } } })
  expect(readYaml('')).toEqual({ ok: true, value: null })
})

describe('a name that occurs twice is refused', () => {
  test.each([
    ['as it is', 'a: 1\na: 2', 'line 2, column 1'],
    ['in JSON', '{"a":1,"a":2}', 'line 1, column 8'],
    ['in JSON with an escape', '{"a":1,"\\u0061":2}', 'line 1, column 8'],
    ['in quotes', 'a: 1\n"a": 2', 'line 2, column 1'],
    ['as a number and as a text', '1: a\n"1": b', 'line 2, column 1'],
    ['by an alias', 'x: &x a\n*x : 1\na: 2', 'line 2, column 1'],
    ['by an alias deep inside', 'k: &k a\nm:\n  - { *k : 1, a: 2 }', 'line 3, column 7'],
    ['as a block', '? |-\n  a\n: 1\na: 2', 'line 4, column 1'],
  ])('%s', (_title, text, place) => {
    expect(readYaml(text)).toEqual({ ok: false, refusal: expect.stringContaining(`at ${place}`) as unknown })
  })
})

test('a short file that expands to a huge one is refused', () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${String(level + 1)}: &l${String(level + 1)} [${`*l${String(level)},`.repeat(10)}]`,
  )
  expect(readYaml(['l0: &l0 [x]', ...levels].join('\n'))).toEqual({
    ok: false,
    refusal: 'There are more than 100 values by alias',
  })
})

test('a problem is reported without quoting the file', () => {
  const read = readYaml('secret: lks_put-there-by-mistake\nsecret: lks_another\n  - [')
  expect(read).toMatchObject({ ok: false })
  expect(JSON.stringify(read)).not.toContain('lks_')
})
