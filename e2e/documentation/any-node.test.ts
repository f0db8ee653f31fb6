// Readers follow the pages with the Node that their machine has, and only a recent Node runs TypeScript.
import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPage, ROOT } from './page.ts'

const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: ROOT, exclude: ['**/node_modules/**'] })

test('no page asks the reader to run a TypeScript file with Node', () => {
  expect(pages.length).toBeGreaterThan(30)
  const slips = pages.filter((page) => /^[ \t]*node [^\n]*(?<!mjs run [^\n]*)\.ts\b/m.test(readPage(page).text))
  expect(slips).toEqual([])
})
