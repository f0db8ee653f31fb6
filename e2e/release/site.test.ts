// The documentation site, built and opened in a browser under a path: links, search, entry points, colours, requests.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { buildSite } from '../../scripts/release/site.mjs'
import { faultsOf, type Look } from '../browser/axe.ts'
import { openBrowser } from '../browser/chromium.ts'
import { targetOf } from '../../site/links.ts'
import { type FileServer, serveFiles } from './file-server.ts'
import { brokenReferences, foreignReferences } from './site-references.ts'

const BELOW = '/documents/latchkey/'
const dist = mkdtempSync(join(tmpdir(), 'latchkey-site-'))
const site = join(dist, 'site')
let pages: readonly string[] = []

beforeAll(async () => {
  await buildSite(dist)
  pages = globSync('**/*.html', { cwd: site }).sort()
})
afterAll(() => {
  rmSync(dist, { recursive: true, force: true })
})

const contentOf = (page: string): string => readFileSync(join(site, page), 'utf8')

test('the site has the pages of docs, the changelog, the admin API, and the examples that pages link to', () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      ...['index.html', 'all-pages.html', 'guard.html', 'adr/0001-embedded-store.html', 'changelog.html'],
      ...['admin-api.html', 'reference/@latchkey/guard.html', 'examples/nginx/latchkey.conf.html'],
    ]),
  )
  expect(pages.length).toBeGreaterThan(70)
})

test('the same checkout gives the same bytes', async () => {
  const files = globSync('**/*.*', { cwd: site }).sort()
  const before = files.map(contentOf)
  await buildSite(dist)
  expect(globSync('**/*.*', { cwd: site }).sort()).toEqual(files)
  expect(files.filter((file, index) => contentOf(file) !== before[index])).toEqual([])
})

test('a link to a file that readers copy leads to the text of the file, and a link to code becomes the path as text', () => {
  expect(contentOf('forward-auth.html')).toContain(
    '<a href="examples/nginx/latchkey.conf.html">examples/nginx/latchkey.conf</a>',
  )
  expect(contentOf('examples/nginx/latchkey.conf.html')).toContain('$is_plain_path')
  expect(contentOf('client.html')).toContain(
    'the contract suite (<code>packages/client/test/contract/token-store.test.ts</code>)',
  )
  expect(contentOf('requirements.html')).toContain('<code>rfc6749.test.ts</code>')
})

test('the build refuses a link to a file that is not there', () => {
  expect(() => targetOf('docs/guard.md', 'gateway.md#routes')).not.toThrow()
  expect(() => targetOf('docs/guard.md', 'gatewey.md')).toThrow('docs/guard.md links to gatewey.md: no such file')
  expect(() => targetOf('docs/guard.md', '../../README.md')).toThrow('no such file')
})

test('no link, anchor, image, style or script of any page is broken', () => {
  expect(brokenReferences(site, pages)).toEqual([])
})

test('no page makes a browser load something from another site', () => {
  expect(foreignReferences(site, pages)).toEqual([])
})

test('a diagram of the pages is drawn as an image and also described in words', () => {
  const page = contentOf('architecture/one-token-request.html')
  expect(page).toMatch(/<svg [^>]*role="img" aria-label="Sequence diagram of client, main thread/)
  expect(page).toContain('<li><b>client → main thread: token endpoint:</b> POST /v1/token</li>')
  expect(pages.map(contentOf).join('')).not.toMatch(/sequenceDiagram|flowchart TD/)
})

test('the reference of the admin API has every operation of the OpenAPI document', () => {
  const page = contentOf('admin-api.html')
  const { paths } = JSON.parse(contentOf('openapi.json')) as { paths: Record<string, Record<string, object>> }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const shown = page.matchAll(/>([A-Z]+)<\/b> <a href="#[^"]*"><code>([^<]+)<\/code>/g)
  expect([...shown].map(([, method = '', path = '']) => `${method} ${path}`).sort()).toEqual(operations.sort())
})

describe.skipIf(!has('chromium'))('in a browser', () => {
  let server: FileServer
  let browser: Browser
  beforeAll(async () => {
    server = await serveFiles(site, BELOW)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  const visit = (page: Page, path: string) => page.goto(server.url + path)

  interface Visit {
    readonly page: Page
    /**
     * Errors of the page's scripts, violations of its content security policy, requests to other hosts, and missing
     * files.
     */
    readonly offences: readonly string[]
  }

  async function aWindow(): Promise<Visit> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const offences: string[] = []
    page.on('pageerror', ({ message }) => offences.push(message))
    page.on('console', (message) => offences.push(`${page.url()}: ${message.text()}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) offences.push(request.url())
    })
    page.on('response', (response) => {
      if (response.status() !== 200) offences.push(`${String(response.status())} ${response.url()}`)
    })
    return { page, offences }
  }

  test('no page has an accessibility violation in light or dark colours, scrolls sideways, or sends a request to another host', async () => {
    const looks: readonly Look[] = (['light', 'dark'] as const).map((scheme) => ({ scheme, width: 1280 }))
    const waiting = [...pages]
    const faults: string[] = []
    const check = async (): Promise<void> => {
      const { page, offences } = await aWindow()
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        await visit(page, path)
        faults.push(...(await faultsOf(page, looks)).map((fault) => `${path} ${fault}`))
      }
      faults.push(...offences)
      await page.close()
    }
    await Promise.all([check(), check(), check()])
    expect(faults).toEqual([])
  })

  test('no page scrolls sideways on a phone, and the menu there leads to another page', async () => {
    const { page, offences } = await aWindow()
    await page.setViewportSize({ width: 390, height: 844 })
    const wide: string[] = []
    for (const path of pages) {
      await visit(page, path)
      if ((await page.evaluate<number>('document.documentElement.scrollWidth')) > 390) wide.push(path)
    }
    expect(wide).toEqual([])
    await visit(page, 'guard.html')
    await page.getByRole('button', { name: 'Pages' }).click()
    await page
      .getByRole('navigation', { name: 'Pages', exact: true })
      .getByRole('link', { name: 'The gateway' })
      .click()
    await page.waitForURL('**/gateway.html')
    expect(offences).toEqual([])
  })

  test.each([
    ['I run a server', 'run-a-server.html', 'Start a server'],
    ['I protect an API', 'protect-an-api.html', 'Protect an API'],
    ['My program needs tokens', 'authentication-api.html', 'The Authentication API'],
  ])('the first page has the entry point "%s", which leads to its page', async (door, path, title) => {
    const { page } = await aWindow()
    await visit(page, 'index.html')
    await page.getByRole('heading', { name: door }).getByRole('link').click()
    await page.waitForURL(server.url + path)
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(title)
    await page.close()
  })

  test.each([
    ['superseded', 'random-401s.html'],
    ['rotate', 'operating.html'],
    ['nginx', 'forward-auth.html#nginx'],
  ])('a search for "%s" by keyboard alone finds its page, without an accessibility violation', async (word, path) => {
    const { page, offences } = await aWindow()
    await visit(page, 'reference/@latchkey/guard/node.html')
    await page.keyboard.press('/')
    await page.keyboard.type(word)
    const results = page.getByRole('list', { name: 'Results' }).getByRole('link')
    await results.first().waitFor()
    const found = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.search-results a')].map((link) => link.href)`,
    )
    expect(found.filter((address) => address.startsWith(server.url + path))).not.toEqual([])
    expect(await faultsOf(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL((address) => address.href === found[0])
    expect(offences).toEqual([])
    await page.close()
  })

  test('the search says when it finds nothing', async () => {
    const { page } = await aWindow()
    await visit(page, 'index.html')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('zyzzyva')
    await page.getByRole('status').filter({ hasText: '0 places' }).waitFor()
    await page.close()
  })

  test('the chosen colours also apply to drawings, and are kept on the next page', async () => {
    const { page } = await aWindow()
    await page.emulateMedia({ colorScheme: 'light' })
    await visit(page, 'random-401s.html')
    const drawing = page.locator('article img')
    await drawing.scrollIntoViewIfNeeded()
    const { x = 0, y = 0 } = (await drawing.boundingBox()) ?? {}
    const clip = { x: x + 100, y: y + 30, width: 300, height: 100 }
    const light = await page.screenshot({ clip })
    await page.getByRole('button', { name: 'Dark', pressed: false }).click()
    await page.getByRole('button', { name: 'Dark', pressed: true }).waitFor()
    expect((await page.screenshot({ clip })).equals(light)).toBe(false)
    await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'The guard' }).click()
    await page.getByRole('button', { name: 'Dark', pressed: true }).waitFor()
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(36, 36, 36)')
    await page.close()
  })

  test('the button of a code block copies its text', async () => {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
    const page = await context.newPage()
    await visit(page, 'examples/nginx/latchkey.conf.html')
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    const source = readFileSync(join(import.meta.dirname, '../../examples/nginx/latchkey.conf'), 'utf8')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(source.trimEnd())
    await context.close()
  })

  test('every page is readable without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await visit(page, 'guard.html')
    expect(await page.getByRole('button').count()).toBe(0)
    await page
      .getByRole('navigation', { name: 'Pages', exact: true })
      .getByRole('link', { name: 'The gateway' })
      .click()
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The gateway')
    await context.close()
  })

  test('the pages and their search work when opened as files, without a server', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`file://${site}/guard.html`)
    await page.keyboard.press('/')
    await page.keyboard.type('superseded')
    await page.getByRole('list', { name: 'Results' }).getByRole('link').first().click()
    expect(page.url()).toMatch(/^file:.*\.html/)
    await context.close()
  })
})
