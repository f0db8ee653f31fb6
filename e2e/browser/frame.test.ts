// The frame around every page: the environment, the choice of density, low windows and forced colours.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { faultsOf } from './axe.ts'
import { makeOwner, openBrowser, type SignedIn, visit } from './browser.ts'
import { show } from './every-page.ts'

const environment = { LATCHKEY_ENVIRONMENT: 'Production', LATCHKEY_ENVIRONMENT_COLOR: 'red' }

describe.skipIf(!has('chromium'))('the frame', () => {
  let browser: Browser
  let server: RealServer
  let storageState: SignedIn
  beforeAll(async () => {
    server = await startServerOfSuite({ env: { ...environment, LATCHKEY_DEMO: 'off' } })
    browser = await openBrowser()
    storageState = await makeOwner(browser, server)
    await createIntegration(server, { name: 'Billing sync', scopes: [PREDICT] })
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  const open = async (path: string): Promise<Page> => {
    const { page } = await visit(browser, server, { storageState })
    await show(page, path)
    return page
  }

  test('names the environment on every page, and nowhere before the sign-in', async () => {
    const page = await open('/models/integrations')
    const badge = page.getByRole('banner').getByText('Production')
    await badge.waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.context().clearCookies()
    await page.goto('/sign-in')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.content()).not.toContain('Production')
  })

  test('names the signed-in operator next to the menu of the account', async () => {
    const page = await open('/models/integrations')
    await page.getByRole('banner').getByText('owner@example.org').waitFor()
  })

  test('begins a rotation from the command palette, for the integration that the user typed', async () => {
    const page = await open('/activity/audit-log')
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search pages and integrations' }).fill('rotate billing')
    await page.getByRole('button', { name: 'Rotate secret of Billing sync' }).click()
    await page.getByRole('dialog', { name: 'Rotate' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Rotate' }).waitFor({ state: 'hidden' })
    await page.reload()
    await page.getByRole('button', { name: 'Rotate secret' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('finds a heading of the documentation in the command palette, and opens its page there', async () => {
    const page = await open('/models/integrations')
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search pages and integrations' }).fill('github actions')
    await page.getByRole('button', { name: 'GitHub Actions' }).click()
    await page.getByRole('heading', { level: 2, name: 'GitHub Actions' }).waitFor()
    expect(new URL(page.url())).toMatchObject({ pathname: '/docs/secretless.html', hash: '#github-actions' })
  })

  test('leads to the documentation from the tab Authentication', async () => {
    const page = await open('/models/integrations')
    await page.getByRole('link', { name: 'Billing sync' }).click()
    await page.getByRole('tab', { name: 'Authentication' }).click()
    await page.getByRole('link', { name: 'About clients without a secret' }).click()
    await page.getByRole('heading', { level: 1, name: 'Clients without a secret' }).waitFor()
  })

  test('leads from a refusal of the server to the documented remedy', async () => {
    const { page } = await visit(browser, server, { storageState })
    const body = { code: 'store_unavailable', detail: 'The store takes no writes.' }
    await page.route('**/admin/v1/integrations?*', (request) => request.fulfill({ status: 503, json: body }))
    await page.goto('/models/integrations')
    await page.getByRole('alert').getByRole('link', { name: 'What to do' }).click()
    await page.getByRole('heading', { level: 2, name: 'store_unavailable' }).waitFor()
    expect(new URL(page.url())).toMatchObject({ pathname: '/docs/problems.html', hash: '#store_unavailable' })
  })

  test('makes table rows lower after the user chose this density, also at the next visit', async () => {
    const page = await open('/models/integrations')
    const height = async (): Promise<number> =>
      (await page.getByRole('row', { name: /Billing sync/ }).boundingBox())?.height ?? 0
    const comfortable = await height()
    await page.getByRole('button', { name: 'Appearance' }).click()
    await page.getByRole('menuitemradio', { name: 'Compact' }).click()
    await expect.poll(height).toBeLessThan(comfortable)
    const compact = await height()
    await show(page, '/models/integrations')
    expect(await height()).toBe(compact)
  })

  test('lets the header scroll away at 400 % zoom, so that the page gets the whole window', async () => {
    const page = await open('/settings/configuration')
    await page.setViewportSize({ width: 360, height: 225 })
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await page.getByRole('button', { name: 'Close navigation' }).click()
    await page.getByRole('link', { name: 'Signing keys' }).waitFor({ state: 'hidden' })
    await page.mouse.move(180, 112)
    await page.mouse.wheel(0, 400)
    await expect.poll(() => page.evaluate<number>('scrollY')).toBeGreaterThan(100)
    const header = await page.getByRole('banner').boundingBox()
    expect((header?.y ?? 0) + (header?.height ?? 0)).toBeLessThanOrEqual(0)
  })

  test('shows in forced-colours mode which page, which tab and which segment is selected', async () => {
    const page = await open('/models/integrations')
    await page.emulateMedia({ forcedColors: 'active' })
    const outlined = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).outlineStyle`)
    expect(await outlined('nav a[aria-current=page]')).toBe('solid')
    expect(await outlined('nav a:not([aria-current])')).toBe('none')
    expect(await outlined('.segments [aria-pressed=true]')).toBe('solid')
    await page.getByRole('link', { name: 'Billing sync' }).click()
    await page.getByRole('tab', { name: 'Overview' }).waitFor()
    expect(await outlined('[role=tab][aria-selected=true]')).toBe('solid')
    expect(await outlined('[role=tab][aria-selected=false]')).toBe('none')
  })
})
