// Checks that the code map and the recipes are up to date: the path of a token request through the code, the import
// tables, and the named files.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { LAYERS, OWNERS } from './architecture-rules.ts'

const root = join(import.meta.dirname, '../../../..')
const folder = join(root, 'docs/architecture')
const page = readFileSync(join(folder, 'README.md'), 'utf8')

/** Returns the text between this heading and the next heading. */
function section(heading: string): string {
  const [, text = ''] = page.split(`\n## ${heading}\n`)
  return text.split('\n## ')[0] ?? ''
}

const STEP = /^(?:\d+\.|-) \[(.+?)\]\((.+?)\) (`[^:]+`):/

describe('the path of a token request in the code map', () => {
  const items = section('Where it happens in the code')
    .split(/\n(?=\d+\. |- |\n)/)
    .map((item) => item.replaceAll(/\s+/g, ' '))
    .filter((item) => /^(?:\d+\.|-) /.test(item))
  const steps = items.map((item) => {
    const [, label = '', target = '', names = ''] = STEP.exec(item) ?? []
    return { item, label, path: join(folder, target), names: names.split(', ').map((name) => name.replaceAll('`', '')) }
  })

  test('leads from the token endpoint to the slot and to the verdict', () => {
    const files = steps.map(({ path }) => basename(path))
    expect(files).toEqual(expect.arrayContaining(['token.ts', 'slot.ts', 'commit-queue.ts', 'standing.ts']))
  })

  test.each(steps)('names a file that exists: $label', ({ item, label, path }) => {
    expect(item).toMatch(STEP)
    expect(path.endsWith(`/packages/latchkey/src/${label}`)).toBe(true)
    expect(existsSync(path)).toBe(true)
  })

  test.each(steps)('names functions that are in $label', ({ path, names }) => {
    expect(declaredIn(path)).toEqual(expect.arrayContaining(names))
  })
})

/** Returns the names of the functions and methods that the file declares. */
function declaredIn(path: string): readonly string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    const isFunction =
      ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isArrowFunction(node.initializer))
    if (isFunction && node.name !== undefined) names.push(node.name.getText())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true))
  return names
}

/** Returns the rows of the table with this header: for each cell, the names in code font. */
function table(...head: readonly string[]): readonly (readonly (readonly string[])[])[] {
  const lines = section('Who may import whom').split('\n')
  const cells = (line: string): readonly string[] => line.split(/ *\| */).slice(1, -1)
  const begin = lines.findIndex((line) => cells(line).join() === head.join())
  const rows = lines.slice(begin + 2)
  const end = rows.indexOf('')
  return rows
    .slice(0, end === -1 ? undefined : end)
    .map((row) => cells(row).map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)))
}

describe('the code map and the checked rules agree', () => {
  test('on the folders and packages that each folder may import', () => {
    const rules = Object.entries(LAYERS).map(([layer, { folders, types = [], packages }]) => [
      [layer],
      [...folders, ...types],
      packages,
    ])
    expect(table('Folder', 'Folders and files', 'Packages')).toEqual(rules)
  })

  test('on the packages that only some folders may import', () => {
    expect(table('Package', 'Folders')).toEqual(Object.entries(OWNERS).map(([name, folders]) => [[name], folders]))
  })
})

test('every file that a recipe of CONTRIBUTING.md names exists', () => {
  const [, recipes = ''] = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('\n## Recipes\n')
  const [text = ''] = recipes.split('\n## ')
  const paths = [...text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path = '']) => path)
  const isThere = (path: string): boolean =>
    existsSync(join(root, /^(?:src|test)\//.test(path) ? 'packages/latchkey' : '.', path))
  expect(paths.length).toBeGreaterThan(40)
  expect(paths.filter((path) => !isThere(path))).toEqual([])
})
