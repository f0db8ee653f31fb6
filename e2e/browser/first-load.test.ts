// What the first page of the console costs to load, as it is on the wire.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { has } from '../../scripts/programs.mjs'
import { startRealServer } from '../real-server.ts'
import { makeOwner, openBrowser, visit } from './browser.ts'

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
    const paths = new Map<string, string>()
    let bytes = 0
    devtools.on('Network.responseReceived', ({ requestId, response }) => {
      paths.set(requestId, new URL(response.url).pathname)
    })
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const path = paths.get(requestId) ?? ''
      if (!path.startsWith('/admin/')) bytes += encodedDataLength
    })
    await page.goto('/models/integrations')
    await page.getByRole('table').waitFor()
    await page.waitForLoadState('load')
    expect(bytes).toBeGreaterThan(MOST_BYTES / 4)
    expect(bytes).toBeLessThan(MOST_BYTES)
  })
})
