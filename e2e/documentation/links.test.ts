// Every relative link of every page leads to an existing page and heading.
import { existsSync, globSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { readPage, ROOT } from './page.ts'

const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'examples/**/*.md', 'site/*.md'], {
  cwd: ROOT,
  exclude: ['**/node_modules/**'],
}).sort()

interface Link {
  readonly page: string
  readonly target: string
}

const LINK = /\]\(([^)\s]+)\)/g
const BLOCK_OF_CODE = /^```[\s\S]*?^```$/gm
const CODE = /`[^`\n]*`/g

const linksOf = (page: string): readonly Link[] => {
  const prose = readPage(page).text.replaceAll(BLOCK_OF_CODE, '').replaceAll(CODE, '')
  return [...prose.matchAll(LINK)].map(([, target = '']) => ({ page, target }))
}

/**
 * The anchor of a heading, as GitHub and similar sites derive it: lower case, spaces become hyphens, and everything
 * except letters, digits, hyphens and `_` is removed.
 */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** The anchors of a page. Equal headings get a number, as on GitHub, and some pages set anchors in HTML. */
function anchorsOf(page: string): ReadonlySet<string> {
  const { headings, text } = readPage(page)
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id))
  const counts = new Map<string, number>()
  for (const anchor of headings.map(anchorOf)) {
    const before = counts.get(anchor) ?? 0
    anchors.add(before === 0 ? anchor : `${anchor}-${String(before)}`)
    counts.set(anchor, before + 1)
  }
  return anchors
}

function isBroken({ page, target }: Link): boolean {
  if (/^(?:https?|mailto):/.test(target)) return false
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path))
  if (file.startsWith('..') || !existsSync(join(ROOT, file))) return true
  if (anchor === undefined) return false
  return !anchorsOf(file).has(anchor)
}

test('every relative link leads to a page of this repository, and to an existing heading', () => {
  const links = pages.flatMap(linksOf)
  expect(pages).toContain('README.md')
  expect(links.length).toBeGreaterThan(20)
  expect(links.filter(isBroken)).toEqual([])
})

test('every page of docs is linked from the index of docs, or from the index of the reference', () => {
  const indexes = ['docs/README.md', 'docs/reference/README.md']
  const listed = indexes.flatMap(linksOf).map(({ page, target }) => join(dirname(page), target.split('#')[0] ?? ''))
  const unlisted = pages.filter(
    (page) => page.startsWith('docs/') && page !== 'docs/README.md' && !listed.includes(page),
  )
  expect(unlisted).toEqual([])
})
