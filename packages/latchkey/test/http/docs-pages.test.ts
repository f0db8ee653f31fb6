// The pages of the documentation below /docs/, as the admin listener serves them from the built console.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROBLEMS } from '../../src/http/admin/problems/problem-catalog.ts'
import { aServer, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf } from '../raw-http.ts'

const BUILT = join(import.meta.dirname, '../../dist/console')
const CONSOLE = join(import.meta.dirname, '../../../console/src')
const POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; sandbox"
const pages = globSync('*.html', { cwd: join(BUILT, 'docs') }).sort()
const textOf = (page: string): string => readFileSync(join(BUILT, 'docs', page), 'utf8')

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ consoleFolder: BUILT })
})
afterAll(() => server.stop())

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${server.adminUrl}${path}`, { headers })

describe('the documentation', () => {
  test('has the pages for users and operators, and no page about the source code', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['all-pages.html', 'guard.html', 'not-found.html', 'operating.html', 'secretless.html']),
    )
    expect(pages).toHaveLength(22)
    expect(pages).not.toContain('requirements.html')
  })

  test('is sent without a key and with a policy that allows no script', async () => {
    for (const page of [...pages, '']) {
      const answer = await get(`/docs/${page}`)
      const text = await answer.text()
      expect([page, answer.status]).toEqual([page, 200])
      expect(answer.headers.get('content-security-policy')).toBe(POLICY)
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(text).not.toMatch(/<script|\son\w+=|javascript:|\sstyle=|<img/i)
    }
  })

  test('has only links that lead to a page of the listener, with an anchor that the page has', async () => {
    const broken: string[] = []
    const others = new Set<string>()
    for (const page of pages) {
      for (const [, link = ''] of textOf(page).matchAll(/<a [^>]*?href="([^"]*)"/g)) {
        if (/^(?:https?|mailto):/.test(link)) continue
        const { pathname, hash } = new URL(link, `http://listener/docs/${page}`)
        const name = /^\/docs\/(.+)$/.exec(pathname)?.[1]
        if (name === undefined) others.add(pathname)
        else if (!pages.includes(name) || !hasAnchor(name, hash)) broken.push(`${page}: ${link}`)
      }
    }
    expect(broken).toEqual([])
    expect([...others].sort()).toEqual(['/', '/docs'])
    for (const path of others) expect((await get(path)).status).toBe(200)
  })

  test('has the page and heading for each link in the console, and an entry for each problem code', () => {
    const links = globSync('**/*.tsx', { cwd: CONSOLE }).flatMap((file) =>
      [...readFileSync(join(CONSOLE, file), 'utf8').matchAll(/<DocsLink to="([^"]+)"/g)].map(([, to = '']) => to),
    )
    expect(links.length).toBeGreaterThan(5)
    const wanted = [...links, ...Object.keys(PROBLEMS).map((code) => `problems.html#${code}`)]
    const broken = wanted.filter((link) => {
      const [page = '', anchor = ''] = link.split('#')
      return !pages.includes(page) || !hasAnchor(page, `#${anchor}`)
    })
    expect(broken).toEqual([])
  })

  test('has a style sheet that names no other file', async () => {
    const answer = await get('/docs/docs.css')
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(await answer.text()).not.toMatch(/url\(|@import/)
  })

  test('is compressed, and is not sent again to a browser that has it', async () => {
    const answer = await ask(server.adminUrl, {
      method: 'GET',
      target: '/docs/guard.html',
      headers: [['accept-encoding', 'br']],
    })
    expect(headerOf(answer, 'content-encoding')).toBe('br')
    expect(headerOf(answer, 'cache-control')).toBe('no-cache')
    const etag = headerOf(answer, 'etag') ?? ''
    const again = await get('/docs/guard.html', { 'accept-encoding': 'br', 'if-none-match': etag })
    expect(again.status).toBe(304)
    expect(brotliDecompressSync(readFileSync(join(BUILT, 'docs/guard.html.br'))).toString()).toBe(textOf('guard.html'))
  })

  test.each([
    'nope.html',
    '../index.html',
    '%2e%2e/index.html',
    '..%2findex.html',
    'guard.html.br',
    'guard',
    '//guard',
  ])('answers %s with 404 and a page of its own', async (name) => {
    const answer = await ask(server.adminUrl, { method: 'GET', target: `/docs/${name}` })
    expect(answer.status).toBe(404)
    expect(headerOf(answer, 'content-security-policy')).toBe(POLICY)
    expect(answer.body).toContain('No such page')
  })

  test('answers with a 404 problem document if the console was not built', async () => {
    const without = await aServer({ consoleFolder: join(BUILT, 'assets') })
    const answer = await fetch(`${without.adminUrl}/docs/guard.html`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  })
})

const hasAnchor = (page: string, hash: string): boolean =>
  hash === '' || hash === '#' || textOf(page).includes(` id="${decodeURIComponent(hash.slice(1))}"`)
