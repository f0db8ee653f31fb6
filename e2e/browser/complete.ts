// When a page shows all that it has to show: nothing that it asked for is on its way, and nothing holds a place.
import type { Page, Request } from 'playwright-core'
import { expect } from 'vitest'

/** What a page may take to show something. */
export const SHOWN_MS = 10_000

const onTheirWay = new WeakMap<Page, Set<Request>>()

/** To be called before the page opens anything. */
export function followRequests(page: Page): void {
  const requests = new Set<Request>()
  onTheirWay.set(page, requests)
  page.on('request', (request) => {
    if (request.isNavigationRequest()) requests.clear()
    // The stream of events has no end.
    if (request.resourceType() !== 'eventsource') requests.add(request)
  })
  page.on('requestfinished', (request) => requests.delete(request))
  page.on('requestfailed', (request) => requests.delete(request))
}

// What is still fading in has other contrasts than what a person reads.
const SETTLED = `(async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
  const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
  await Promise.allSettled(ending.map(({ finished }) => finished))
})()`

export const settle = (page: Page): Promise<unknown> => page.evaluate(SETTLED)

/** Waits until nothing of it is missing: tables, banners, plots. */
export async function complete(page: Page): Promise<void> {
  const awaited = (): string[] => [...(onTheirWay.get(page) ?? [])].map((request) => request.url())
  const missing = async (): Promise<readonly string[]> => {
    if (awaited().length > 0) return awaited()
    // What has come is drawn then, and what it made the page ask for is asked for.
    await settle(page)
    const places = await page.locator('.mantine-Skeleton-root').count()
    return [...awaited(), ...Array<string>(places).fill('a place is held')]
  }
  await expect.poll(missing, { timeout: SHOWN_MS }).toEqual([])
}
