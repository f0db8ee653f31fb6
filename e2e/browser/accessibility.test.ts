// axe-core on every page of the integrations, in both schemes, wide and narrow: WCAG 2.0 to 2.2, A and AA.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { makeOwner, openBrowser, setUpLink, type SignedIn, visit } from './browser.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Kept for whoever wants to look. */
const SHOTS = join(import.meta.dirname, '../../coverage/screenshots')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** In a world of its own: the policy of the page lets no foreign script in, and is not weakened for this. */
async function violations(page: Page, context: BrowserContext): Promise<readonly string[]> {
  const devtools = await context.newCDPSession(page)
  const { frameTree } = await devtools.send('Page.getFrameTree')
  const { executionContextId } = await devtools.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id })
  await devtools.send('Runtime.evaluate', { expression: AXE, contextId: executionContextId })
  const { result } = await devtools.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ${JSON.stringify(TAGS)} }).then(({ violations }) => JSON.stringify(violations))`,
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
  })
  const found = JSON.parse(String(result.value)) as Violation[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
}

describe.skipIf(!has('chromium'))('every page of the console', () => {
  let browser: Browser
  let server: RealServer
  let owner: SignedIn
  let link: string
  let id: string
  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true })
    browser = await openBrowser()
    server = await startServerOfSuite()
    link = new URL(setUpLink(server)).pathname
    owner = await makeOwner(browser, server)
    const integration = await createIntegration(server, { name: 'Billing sync' })
    id = integration.id
    for (let times = 0; times < 5; times += 1) {
      await fetch(`${server.issuer}/v1/token`, {
        method: 'POST',
        headers: { authorization: integration.basic },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'machinelearning.predict' }),
      })
    }
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  const looks = (['light', 'dark'] as const).flatMap((scheme) => [1280, 320].map((width) => ({ scheme, width })))

  test.each(looks)(
    'has no violation in the $scheme scheme at $width px, and does not scroll sideways',
    async (look) => {
      const { page, context, offences } = await visit(browser, server, {
        storageState: owner,
        colorScheme: look.scheme,
        viewport: { width: look.width, height: 800 },
      })
      const check = async (name: string): Promise<void> => {
        await page.screenshot({ path: join(SHOTS, `${name}-${look.scheme}-${look.width}.png`), fullPage: true })
        expect(await violations(page, context), name).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${name} fits`).toBe(true)
      }
      const pages = {
        list: '/models/integrations',
        'no-result': '/models/integrations?search=nothing',
        create: '/models/integrations/new',
        overview: `/models/integrations/${id}`,
        quickstart: `/models/integrations/${id}/quickstart`,
        try: `/models/integrations/${id}/try`,
        activity: `/models/integrations/${id}/activity`,
        audit: `/models/integrations/${id}/audit`,
        settings: `/models/integrations/${id}/settings`,
        gone: '/models/integrations/int_00000000000000000000000000000000',
        'set-up': link,
      }
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('load')
        await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
        await check(name)
      }
      await page.goto(`/models/integrations/${id}`)
      for (const dialog of ['Rotate secret', 'Disable']) {
        await page.getByRole('button', { name: dialog }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
        await check(dialog.toLowerCase().replace(' ', '-'))
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      await page.keyboard.press('Control+k')
      await page.getByRole('textbox', { name: 'Search pages and integrations' }).waitFor()
      await check('palette')
      await context.clearCookies()
      await page.goto('/sign-in')
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      await check('sign-in')
      expect(offences).toEqual([])
    },
    180_000,
  )
})
