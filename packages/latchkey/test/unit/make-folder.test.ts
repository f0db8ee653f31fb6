// Makes a private folder with the missing folders above it, and throws an error if the system refuses.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FolderNotMade, makeFolder } from '../../src/make-folder.ts'
import { aFolder } from '../a-folder.ts'

test.skipIf(process.platform === 'win32')(
  'a folder and its missing parents are made so that only the owner can read them',
  () => {
    const root = aFolder()
    const first = join(root, 'one')
    const folder = join(first, 'two', 'three')
    expect(makeFolder(folder)).toBe(first)
    for (const made of [first, join(first, 'two'), folder]) expect(statSync(made).mode & 0o777).toBe(0o700)
  },
)

test('a folder that exists keeps its mode', () => {
  const folder = join(aFolder(), 'open')
  mkdirSync(folder, { mode: 0o750 })
  const { mode } = statSync(folder)
  expect(makeFolder(folder)).toBeUndefined()
  expect(statSync(folder).mode).toBe(mode)
})

test('a folder below a file is not made, and the error names both paths', () => {
  const file = join(aFolder(), 'file')
  writeFileSync(file, '')
  const folder = join(file, 'one', 'two')
  expect(() => makeFolder(folder)).toThrow(FolderNotMade)
  expect(() => makeFolder(folder)).toThrow(`Cannot make the folder ${folder} in ${file} (ENOTDIR)`)
  expect(() => makeFolder(file)).toThrow(`Cannot make the folder ${file} `)
  expect(existsSync(folder)).toBe(false)
})
