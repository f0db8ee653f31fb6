// The language check: it reads the texts of a file that are meant for people, and finds each banned word in them.
import { expect, test } from 'vitest'
import { BANNED_WORDS, bannedIn } from '../language/banned-words.mjs'
import { proseOf } from '../language/prose.mjs'

const found = (path: string, text: string) =>
  proseOf(path, text).flatMap((prose) => bannedIn(prose.text).map((banned) => [prose.line, banned.found]))

test.each([
  ['a line comment', 'a.ts', '// For whoever asks.\n', 1, 'whoever'],
  ['the end of a line', 'a.ts', 'const a = 1\nconst b = 2 // Made anew.\n', 2, 'anew'],
  ['a doc comment', 'a.ts', 'export const a = 1\n/**\n * The clock\n * that no\n * one sets.\n */\n', 2, 'no one'],
  ['line comments, across the break', 'a.ts', '// It lets\n// go of the lock.\nconst a = 1\n', 1, 'lets go'],
  ['a comment before a bracket', 'a.ts', 'const a = [\n  1,\n  // as of now\n]\n', 3, 'of now'],
  ['JSX', 'a.tsx', 'const a = (\n  <p>\n    {/* Drawn anew. */}\n  </p>\n)\n', 3, 'anew'],
  ['a test title', 'a.test.ts', "test('waits in vain', () => {})\n", 1, 'in vain'],
  ['a title with values', 'a.test.ts', 'test.each([1])(`ends by surprise %s`, () => {})\n', 1, 'by surprise'],
  ['an error message', 'a.ts', 'throw new TypeError(`${name} waits for ever`)\n', 1, 'for ever'],
  ['a log message', 'a.ts', "log.info({ id }, 'a caller was turned away')\n", 1, 'turned away'],
  ['a page', 'a.md', '# Title\n\nA paragraph.\n\n- An item\n- Another one, read\n  meanwhile\n', 6, 'meanwhile'],
])('a banned word is found in %s', (_, path, text, line, word) => {
  expect(found(path, text)).toEqual([[line, word]])
})

test.each([
  ['an identifier', 'a.ts', 'const anew = whoever.meanwhile\n'],
  ['a string that is neither title nor message', 'a.ts', "const a = 'anew'\n"],
  ['a name in backticks', 'a.ts', '// Calls `anew`.\n'],
  ['a block of code on a page', 'a.md', 'Text.\n\n```sh\necho anew\n```\n'],
  ['code in a line of a page', 'a.md', 'The field `whoever` is a name.\n'],
  ['a regular expression or string like a comment', 'a.ts', "const a = /\\/\\/ anew/\nconst b = 'https://anew'\n"],
])('a banned word in %s is ignored', (_, path, text) => {
  expect(found(path, text)).toEqual([])
})

test('the list of banned words is short, and each entry says what to write instead', () => {
  expect(BANNED_WORDS.length).toBeLessThan(25)
  expect(BANNED_WORDS.every(({ instead }) => instead !== '')).toBe(true)
})
