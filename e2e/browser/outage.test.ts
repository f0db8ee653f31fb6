// The console while its server is down: the user opens a page for the first time, and the page gets its data without a
// reload once the server is back.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { freePort } from '../free-port.ts'
import { createIntegration } from '../integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'
import { makeOwner, openBrowser, visit } from './browser.ts'
import { SHOWN_MS } from './complete.ts'

const OVERVIEW = '**/assets/overview-page-*.js'

describe.skipIf(!has('chromium'))('while the server is away', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('a page that was not opened before is shown in the frame, and filled without a reload', async () => {
    const { page, stop, start } = await anOpenList(browser)
    await page.evaluate('window.stays = true')
    await expect.poll(() => fetched(page), { timeout: SHOWN_MS }).toContain('overview-page')
    await expect.poll(() => fetched(page), { timeout: SHOWN_MS }).toContain('audit-log-page')
    await stop()
    await page.getByText('Connection lost. Numbers are from').waitFor()
    await page.getByText('Billing sync').first().waitFor()
    await page.getByRole('link', { name: 'Scopes & APIs' }).click()
    await page.getByRole('heading', { level: 1, name: 'Scopes & APIs' }).waitFor()
    await page.getByRole('navigation', { name: 'Pages of the console' }).waitFor()
    await start()
    await page.getByText('machinelearning.predict').first().waitFor()
    expect(await page.evaluate('window.stays')).toBe(true)
  })

  test('a page whose code could not be fetched reports this in the frame, and loads by itself when the server is back', async () => {
    const { page, stop, start } = await anOpenList(browser, OVERVIEW)
    await page.evaluate('window.stays = true')
    await stop()
    await page.getByText('Connection lost. Numbers are from').waitFor()
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByText('The code of this page could not be fetched').waitFor()
    await page.getByRole('navigation', { name: 'Pages of the console' }).waitFor()
    await page.unroute(OVERVIEW)
    await start()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(await page.evaluate('window.stays')).toBe(true)
  })
})

/** Returns the names of the scripts that the page has fetched. */
const fetched = (page: Page): Promise<string> =>
  page.evaluate<string>(`performance.getEntriesByType('resource').map(({ name }) => name).join()`)

interface OpenList {
  readonly page: Page
  readonly stop: () => Promise<void>
  /** Starts the server again, at the same address. */
  readonly start: () => Promise<void>
}

/** Opens the console. `lost` are the files that the page never gets. */
async function anOpenList(browser: Browser, lost?: string): Promise<OpenList> {
  const dataDir = aTemporaryFolder()
  const env = { LATCHKEY_ADMIN_PORT: String(await freePort()), LATCHKEY_DEMO: 'off' }
  let server: RealServer = await startRealServer({ dataDir, env })
  await createIntegration(server)
  const storageState = await makeOwner(browser, server)
  const { page } = await visit(browser, server, { storageState })
  if (lost !== undefined) await page.route(lost, (route) => route.abort())
  await page.goto('/models/integrations')
  await page.getByText('Billing sync').first().waitFor()
  return {
    page,
    stop: async () => void (await server.stop()),
    start: async () => {
      server = await startRealServer({ dataDir, env })
    },
  }
}
