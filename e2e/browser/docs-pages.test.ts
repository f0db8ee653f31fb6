// The documentation below /docs/ in a browser that holds a session of the console.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { faultsOf } from './axe.ts'
import { complete } from './complete.ts'
import { type Site, startSite } from './platform-site.ts'

const PICTURES = join(import.meta.dirname, '../../coverage/screenshots')

describe.skipIf(!has('chromium'))('the documentation below /docs/', () => {
  let site: Site
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    site = await startSite()
  })
  afterAll(() => site.close())

  test.each(['all-pages', 'secretless', 'http-api', 'nope'])(
    'has no accessibility violation in any colour scheme and width, and does not scroll sideways: %s',
    async (name) => {
      const { page } = await site.visit()
      // The test removes the directive `sandbox` from the page's policy, because the timers and promises of axe never
      // run in a sandbox. The other directives stay.
      await page.route('**/docs/*', async (route) => {
        const response = await route.fetch()
        const headers = response.headers()
        const policy = String(headers['content-security-policy']).replace(/sandbox$/, 'sandbox allow-scripts')
        await route.fulfill({ response, headers: { ...headers, 'content-security-policy': policy } })
      })
      await page.goto(`/docs/${name}.html`)
      await complete(page)
      const faults = await faultsOf(page, undefined, ({ scheme, width }) =>
        page.screenshot({ path: join(PICTURES, `docs-${name}-${scheme}-${String(width)}.png`) }),
      )
      expect(faults).toEqual([])
    },
  )

  test('loads its style sheet and nothing else, and leads from page to page', async () => {
    const { page, offences } = await site.visit()
    const requested: string[] = []
    page.on('request', (request) => requested.push(new URL(request.url()).pathname))
    await page.goto('/docs/')
    await page.getByRole('navigation').getByRole('link', { name: 'Clients without a secret' }).click()
    await page.getByRole('heading', { level: 1, name: 'Clients without a secret' }).waitFor()
    const surface = await page.evaluate<string>(`getComputedStyle(document.querySelector('main')).backgroundColor`)
    expect(surface).toBe('rgb(255, 255, 255)')
    const own = requested.filter((path) => path !== '/favicon.ico')
    expect([...new Set(own)]).toEqual(['/docs/', '/docs/docs.css', '/docs/secretless.html'])
    expect(offences).toEqual([])
  })

  test('leads back to the console, which still knows the signed-in operator', async () => {
    const { page } = await site.visit()
    await page.goto('/docs/guard.html')
    await page.getByRole('banner').getByRole('link', { name: 'Latchkey' }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).not.toBe('/sign-in')
  })
})
