// The bytes on the wire to load the first page of the console.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, CDPSession } from 'playwright-core'
import { has } from '../../scripts/programs.mjs'
import { startRealServer } from '../real-server.ts'
import { makeOwner, openBrowser, visit } from './browser.ts'
import { complete, SHOWN_MS } from './complete.ts'

const MOST_BYTES = 220_000
const MOST_FONT_BYTES = 90_000

describe.skipIf(!has('chromium'))('the first load', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('of the list of integrations takes at most 220 KB, compressed, with headers and without fonts', async () => {
    const server = await startRealServer()
    const storageState = await makeOwner(browser, server)
    const { page, context, offences } = await visit(browser, server, { storageState })
    const loaded = await countBytes(await context.newCDPSession(page))
    await page.goto('/models/integrations')
    await page.getByRole('table').waitFor()
    await page.waitForLoadState('load')
    await complete(page)
    await expect.poll(() => [...loaded.coming], { timeout: SHOWN_MS }).toEqual([])
    const firstDataAt = await page.evaluate<number>(
      `performance.timeOrigin + performance.getEntriesByName('latchkey:first-data')[0].startTime`,
    )
    const first = loaded.bytes((path, sentAt) => isPage(path) && sentAt < firstDataAt)
    expect(first).toBeGreaterThan(MOST_BYTES / 4)
    expect(first).toBeLessThan(MOST_BYTES)
    // The server itself sends both typefaces, and the page shows its text in them.
    expect(loaded.paths.filter(isFont)).toHaveLength(2)
    expect(loaded.bytes(isFont)).toBeLessThan(MOST_FONT_BYTES)
    expect(await page.evaluate(`document.fonts.check("14px 'Inter Variable'")`)).toBe(true)
    expect(offences).toEqual([])
  })
})

const isFont = (path: string): boolean => path.endsWith('.woff2')
const isPage = (path: string): boolean => !isFont(path)

interface Loaded {
  /** The paths of the files that the browser has not loaded completely. */
  readonly coming: Iterable<string>
  readonly paths: readonly string[]
  /**
   * Returns the total size in bytes of the files that `isCounted` accepts. `sentAt` is the time at which the browser
   * requested the file, in milliseconds since the epoch.
   */
  bytes(isCounted: (path: string, sentAt: number) => boolean): number
}

/** Counts what the page loads, without the answers of the admin API. */
async function countBytes(devtools: CDPSession): Promise<Loaded> {
  await devtools.send('Network.enable')
  const coming = new Map<string, { readonly path: string; readonly sentAt: number }>()
  const complete: { readonly path: string; readonly sentAt: number; readonly bytes: number }[] = []
  devtools.on('Network.requestWillBeSent', ({ requestId, request, wallTime }) => {
    const { pathname: path } = new URL(request.url)
    if (!path.startsWith('/admin/')) coming.set(requestId, { path, sentAt: wallTime * 1000 })
  })
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const sent = coming.get(requestId)
    if (sent !== undefined) complete.push({ ...sent, bytes: encodedDataLength })
    coming.delete(requestId)
  })
  return {
    get coming() {
      return [...coming.values()].map(({ path }) => path)
    },
    get paths() {
      return complete.map(({ path }) => path)
    },
    bytes: (isCounted) =>
      complete.filter(({ path, sentAt }) => isCounted(path, sentAt)).reduce((sum, { bytes }) => sum + bytes, 0),
  }
}
