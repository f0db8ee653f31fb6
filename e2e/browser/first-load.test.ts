// The bytes on the wire to load the first page of the console.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { has } from '../../scripts/programs.mjs'
import { startRealServer } from '../real-server.ts'
import { makeOwner, openBrowser, visit } from './browser.ts'
import { complete, SHOWN_MS } from './complete.ts'

const MOST_BYTES = 220_000

describe.skipIf(!has('chromium'))('the first load', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('of the list of integrations stays within 220 KB, compressed, headers and all', async () => {
    const server = await startRealServer()
    const storageState = await makeOwner(browser, server)
    const { page, context } = await visit(browser, server, { storageState })
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    /** Paths by request, until each answer is complete. */
    const coming = new Map<string, string>()
    let bytes = 0
    devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith('/admin/')) coming.set(requestId, pathname)
    })
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (coming.delete(requestId)) bytes += encodedDataLength
    })
    await page.goto('/models/integrations')
    await page.getByRole('table').waitFor()
    await page.waitForLoadState('load')
    await complete(page)
    await expect.poll(() => [...coming.values()], { timeout: SHOWN_MS }).toEqual([])
    expect(bytes).toBeGreaterThan(MOST_BYTES / 4)
    expect(bytes).toBeLessThan(MOST_BYTES)
  })
})
