// Checks that the index of the test helpers is complete, and that each entry says what its file is for.
import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..')
const index = readFileSync(join(folder, 'README.md'), 'utf8')
const entries = [...index.matchAll(/^- \[(.+?)\]\((.+?)\): (.+)$/gm)].map(
  ([, name = '', target = '', purpose = '']) => ({
    name,
    target,
    purpose,
  }),
)

test('test/README.md lists every test helper once, and only files that exist', () => {
  const helpers = globSync('**/*.ts', { cwd: folder })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !path.endsWith('.test.ts'))
  expect(entries.map(({ target }) => target).toSorted()).toEqual(helpers.toSorted())
})

test('an entry of test/README.md names its file and says in a few words what the file is for', () => {
  expect(entries.filter(({ name, target, purpose }) => name !== target || purpose.length < 12)).toEqual([])
})
