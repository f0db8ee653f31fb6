// The reference of the admin API in a browser that holds a session of the console.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { faultsOf } from './axe.ts'
import { complete } from './complete.ts'
import { type Site, startSite } from './platform-site.ts'

const PICTURES = join(import.meta.dirname, '../../coverage/screenshots')

describe.skipIf(!has('chromium'))('the page at /docs', () => {
  let site: Site
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    site = await startSite()
  })
  afterAll(() => site.close())

  test('has no accessibility violation in any colour scheme and width, and does not scroll sideways', async () => {
    const { page, offences } = await site.visit()
    await page.goto('/docs')
    await complete(page)
    const faults = await faultsOf(page, undefined, ({ scheme, width }) =>
      page.screenshot({ path: join(PICTURES, `reference-${scheme}-${String(width)}.png`) }),
    )
    expect(faults).toEqual([])
    expect(offences).toEqual([])
  })

  test('makes no further request and runs no script, although the browser is signed in to the console', async () => {
    const { page, offences } = await site.visit()
    const requested: string[] = []
    page.on('request', (request) => requested.push(new URL(request.url()).pathname))
    await page.goto('/docs')
    await complete(page)
    expect(requested.filter((path) => path !== '/favicon.ico')).toEqual(['/docs'])
    expect(await page.evaluate('document.scripts.length')).toBe(0)
    // Tries the actions that an injected script would try.
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = "run"' }))`,
    )
    expect(await page.title()).toBe('Latchkey admin API')
    expect(offences).toHaveLength(1)
  })

  test('links from the list to an operation, and from the operation to the page of a problem', async () => {
    const { page } = await site.visit()
    await page.goto('/docs')
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /Creates an integration/ })
      .click()
    const section = page.locator('section:target')
    await section
      .getByRole('heading', { name: 'Creates an integration, and shows its client secret unless it has keys' })
      .waitFor()
    await section.getByText('201 Created').click()
    await section.getByText('client_secret').nth(1).waitFor()
    await section.getByText('Refusals and failures').click()
    await section.getByRole('link', { name: 'csrf_refused' }).click()
    await page.locator('section:target').getByText('csrf_refused').waitFor()
  })
})
