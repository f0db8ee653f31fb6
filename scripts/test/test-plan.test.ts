// The suites that `npm test` runs.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SUITES, type SuiteName } from '../suites.mjs'
import { type Extent, planOf, readExtent } from '../test-plan.mjs'

const root = join(import.meta.dirname, '../..')
const names = Object.keys(SUITES) as SuiteName[]
const suitesOf = (extent: Extent) => planOf(extent).phases.flatMap(({ suites }) => suites)

test.for<readonly [readonly string[], Record<string, string>, Extent | undefined]>([
  [[], {}, 'promise'],
  [['--all'], {}, 'all'],
  [[], { CI: 'true' }, 'all'],
  [[], { CI: 'false' }, 'promise'],
  [['--long'], {}, 'long'],
  [['--long'], { CI: 'true' }, 'long'],
  [['--al'], {}, undefined],
  [['e2e/crash.test.ts'], {}, undefined],
])('the arguments %j with the variables %j mean %s', ([words, env, extent]) => {
  expect(readExtent(words, env)).toBe(extent)
})

test('by default the fast tests and the suite of the promise run, and the other suites are listed as left out', () => {
  expect(suitesOf('promise').toSorted()).toEqual(['fast', 'promise'])
  expect([...suitesOf('promise'), ...planOf('promise').leftOut].toSorted()).toEqual(names.toSorted())
})

test('with --all every suite except the full-length one runs', () => {
  expect(suitesOf('all').toSorted()).toEqual(names.filter((name) => name !== 'long').toSorted())
  expect(suitesOf('long').toSorted()).toEqual(names.toSorted())
})

test('each test file of the repository belongs to one suite', () => {
  const files = names.flatMap((name) => globSync(SUITES[name].files, { cwd: root, exclude: SUITES[name].except }))
  const all = globSync('{packages/*,e2e,examples,scripts}/**/*.test.ts', {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  })
  expect(files.toSorted()).toEqual(all.toSorted())
})

test("every file in the list of the promise's tests exists", () => {
  const { files } = SUITES.promise
  expect(globSync(files, { cwd: root }).toSorted()).toEqual(files.toSorted())
})
