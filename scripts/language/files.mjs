// The files whose text is checked: sources, tests, scripts, and pages of Markdown.
import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { proseOf } from './prose.mjs'

const SOURCES = '{packages,e2e,bench,examples,scripts}/**/*.{ts,tsx,js,mjs}'
const PAGES = ['*.md', '.github/**/*.md', '{docs,deploy,examples,packages}/**/*.md']
// The list of banned words itself, and the tests that contain them as examples.
const EXCEPT = [
  '**/node_modules/**',
  '**/dist/**',
  'scripts/language/banned-words.mjs',
  'scripts/test/language.test.ts',
]

/**
 * Yields each text of the repository with its file.
 * @returns {Generator<import('./prose.mjs').Prose & { path: string }>}
 */
export function* proseOfRepository() {
  for (const path of globSync([SOURCES, '*.{ts,js}', ...PAGES], { cwd: root, exclude: EXCEPT }).sort()) {
    const name = path.split(sep).join('/')
    for (const prose of proseOf(name, readFileSync(join(root, path), 'utf8'))) yield { ...prose, path: name }
  }
}
