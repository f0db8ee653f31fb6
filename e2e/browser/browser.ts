// The console in a browser, driven like a user drives it.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import type { RealServer } from '../real-server.ts'
import { followRequests, SHOWN_MS } from './complete.ts'

export { openBrowser } from './chromium.ts'

export const OWNER = { email: 'owner@example.org', password: 'four words are long enough' }

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** Events that must not happen on the page: faults, refused styles or scripts, requests to other hosts. */
  readonly offences: readonly string[]
}

export type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>

/** Opens a new page for the running test. */
export async function visit(browser: Browser, server: RealServer, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: server.adminUrl,
    viewport: { width: 1280, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  })
  const page = await context.newPage()
  onTestFinished(async () => {
    // When a test ends, an answer that the test sends in place of the server may still be in flight.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await context.close()
  })
  page.setDefaultTimeout(SHOWN_MS)
  followRequests(page)
  const offences: string[] = []
  page.on('pageerror', (error) => offences.push(error.message))
  page.on('dialog', (dialog) => {
    if (dialog.type() === 'alert') offences.push(`alert: ${dialog.message()}`)
    void dialog.accept()
  })
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) offences.push(message.text())
  })
  page.on('request', (request) => {
    const { host, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && host !== new URL(server.adminUrl).host) offences.push(request.url())
  })
  return { page, context, offences }
}

/** Reads the set-up link, which a server prints until it has an owner. */
export function setUpLink(server: RealServer): string {
  const link = /http\S+\/set-up#[\w-]+/.exec(server.stdout())?.[0]
  if (link === undefined) throw new Error('the server printed no set-up link')
  return link
}

/** Creates the first owner with the set-up link. Returns the session: a page that is opened with it is signed in. */
export async function makeOwner(browser: Browser, server: RealServer): Promise<SignedIn> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(SHOWN_MS)
    await page.goto(setUpLink(server))
    await createAccount(page)
    await page.getByRole('link', { name: 'Skip, and go to Integrations' }).waitFor()
    return await context.storageState()
  } finally {
    await context.close()
  }
}

export async function createAccount(page: Page): Promise<void> {
  await page.locator('input[name=email]').fill(OWNER.email)
  await page.locator('input[name=password]').fill(OWNER.password)
  await page.getByRole('button', { name: 'Create account' }).click()
}

export async function signIn(page: Page, { email, password }: typeof OWNER = OWNER): Promise<void> {
  await page.locator('input[name=email]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/**
 * Returns the text on the clipboard, once the page has announced the copy. `what` is the name of the value on the
 * button.
 */
export async function copied(page: Page, what: string, act: () => Promise<unknown>): Promise<string> {
  // The announcement of an earlier copy must not count for this copy.
  await page.evaluate(`document.querySelector('.announcer')?.replaceChildren()`)
  await act()
  const said = new RegExp(`^${what} copied$`, 'i')
  await page.getByRole('status').filter({ hasText: said }).waitFor({ state: 'attached' })
  return page.evaluate<string>('navigator.clipboard.readText()')
}

/** Holds the page's requests to `url` until they are released. */
export async function hold(
  page: Page,
  url: string | RegExp,
): Promise<{ readonly requested: Promise<void>; release(): void }> {
  const requested = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  await page.route(url, async (route) => {
    requested.resolve()
    await released.promise
    await route.continue()
  })
  return { requested: requested.promise, release: released.resolve }
}
