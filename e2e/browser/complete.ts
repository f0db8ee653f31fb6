// Decides when a page is complete: no request is in flight, and no placeholder is shown.
import type { Page, Request } from 'playwright-core'
import { expect } from 'vitest'

/** The time that a page may take to show something. */
export const SHOWN_MS = 10_000

const onTheirWay = new WeakMap<Page, Set<Request>>()

/** Begins to count the requests of a page. Call it before the page opens an address. */
export function followRequests(page: Page): void {
  const requests = new Set<Request>()
  onTheirWay.set(page, requests)
  page.on('request', (request) => {
    if (request.isNavigationRequest()) requests.clear()
    // The request for the event stream does not count, because it never ends.
    if (request.resourceType() !== 'eventsource') requests.add(request)
  })
  page.on('requestfinished', (request) => requests.delete(request))
  page.on('requestfailed', (request) => requests.delete(request))
}

// Waits for the end of fades, because elements that are fading in have lower contrasts than at the end. The browser stops
// the animations of elements that it does not render, such as those in a closed <details>: they never end.
const SETTLED = `(async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
  const ending = document.getAnimations().filter(({ effect }) =>
    Number.isFinite(effect?.getComputedTiming().endTime) && effect.target?.checkVisibility() !== false)
  await Promise.allSettled(ending.map(({ finished }) => finished))
})()`

export const settle = (page: Page): Promise<unknown> => page.evaluate(SETTLED)

/** Waits until the page is complete: tables, banners, plots. */
export async function complete(page: Page): Promise<void> {
  const awaited = (): string[] => [...(onTheirWay.get(page) ?? [])].map((request) => request.url())
  const missing = async (): Promise<readonly string[]> => {
    if (awaited().length > 0) return awaited()
    // By then the page has drawn the received data, and has sent the requests that follow from the data.
    await settle(page)
    const places = await page.locator('.mantine-Skeleton-root').count()
    return [...awaited(), ...Array<string>(places).fill('a place is held')]
  }
  await expect.poll(missing, { timeout: SHOWN_MS }).toEqual([])
}
