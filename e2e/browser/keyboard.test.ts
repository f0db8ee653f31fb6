// The console without a mouse, without motion, and at 400 %.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, PREDICT } from '../integrations.ts'
import { copied, OWNER } from './browser.ts'
import { everyPage, show } from './every-page.ts'
import { type Site, startSite } from './platform-site.ts'

/** Describes the focused element, if its focus is visible: it has an outline, and no fixed element covers it. */
const FOCUSED = `(() => {
  const element = document.activeElement
  if (element === null || element === document.body) return 'nothing has the focus'
  const name = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? ''
  const style = getComputedStyle(element)
  const field = ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName)
  if (!field && (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2)) return 'no focus ring on ' + name
  const { top, bottom, left, right } = element.getBoundingClientRect()
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
  if (at?.closest('.frame-header') && !element.closest('.frame-header')) return 'the header covers ' + name
  return ''
})()`

const IS_WINDOW = 'document.activeElement === document.body'
const NAME = `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()`

/** Returns the elements that make the page scroll sideways. Tables and code scroll in their own box. */
const TOO_WIDE = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth && !element.closest('.scroll-table, pre'))
  .map((element) => element.tagName + ' ' + String(element.className) + ': ' + element.textContent.slice(0, 60))`

/** Presses Tab until the element with this name has the focus. The focus must be visible at every step. */
async function tabTo(page: Page, name: string | RegExp, most = 40): Promise<void> {
  for (let steps = 0; steps < most; steps += 1) {
    await page.keyboard.press('Tab')
    // After the last element the window itself has the focus.
    if (await page.evaluate<boolean>(IS_WINDOW)) continue
    expect(await page.evaluate(FOCUSED)).toBe('')
    const focused = await page.evaluate<string>(NAME)
    if (typeof name === 'string' ? focused === name : name.test(focused)) return
  }
  throw new Error(`${String(name)} is not among the next ${String(most)} that Tab reaches`)
}

describe.skipIf(!has('chromium'))('the console', () => {
  let site: Site
  let id: string
  beforeAll(async () => {
    site = await startSite()
    const integration = await createIntegration(site.server, { name: 'Billing sync', scopes: [PREDICT] })
    id = integration.id
    await site.requestToken(integration, PREDICT)
  })
  afterAll(() => site.close())

  test('works by keyboard alone, from the sign-in to the secret, a rotation and a token, with a visible focus', async () => {
    const { page, offences } = await site.open('/models/integrations', { storageState: { cookies: [], origins: [] } })
    await page.locator('input[name=email]').focus()
    await page.keyboard.type(OWNER.email)
    await page.locator('input[name=email]').press('Tab')
    await page.keyboard.type(OWNER.password)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Billing sync' }).waitFor()

    await page.keyboard.press('/')
    await page.keyboard.type('billing')
    await tabTo(page, 'Billing sync')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Billing sync' }).waitFor()
    await page.getByRole('button', { name: 'Copy client secret' }).waitFor()
    await tabTo(page, 'Skip to main content', 60)
    await page.keyboard.press('Enter')
    await tabTo(page, 'Copy client secret')
    expect(await copied(page, 'client secret', () => page.keyboard.press('Enter'))).toMatch(/^lks_/)

    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search pages and integrations' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type('signing')
    await page.getByRole('dialog').getByRole('button', { name: 'Admin keys' }).waitFor({ state: 'hidden' })
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Signing keys' }).waitFor()
    await page.goBack()
    await page.getByRole('tab', { name: 'Overview' }).focus()
    for (const name of ['Authentication', 'Quick start', 'Try it']) {
      await page.keyboard.press('ArrowRight')
      await page.getByRole('tab', { name, selected: true }).waitFor()
    }
    await page.getByRole('button', { name: 'Request token' }).waitFor()
    await tabTo(page, 'Request token')
    await page.keyboard.press('Enter')
    await page.getByText('It is the live token of its scope.').waitFor()

    const opener = page.getByRole('button', { name: 'Rotate secret' })
    await opener.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await opener.and(page.locator(':focus')).waitFor()
    expect(offences).toEqual([])
  })

  test('lets Tab pass through every page and leave it at the end', async () => {
    const { page } = await site.open('/')
    for (const { path, name } of everyPage(id).filter((each) => each.name !== 'configuration')) {
      await show(page, path)
      const seen = new Set<string>()
      for (let steps = 0; steps < 120; steps += 1) {
        await page.keyboard.press('Tab')
        if (await page.evaluate<boolean>(IS_WINDOW)) break
        expect(await page.evaluate(FOCUSED), name).toBe('')
        seen.add(await page.evaluate<string>(NAME))
      }
      expect(await page.evaluate<boolean>(IS_WINDOW), `${name} has an end`).toBe(true)
      expect(seen, name).toContain('Skip to main content')
    }
  })

  test('moves nothing if the user prefers reduced motion', async () => {
    const { page } = await site.open(`/models/integrations/${id}`, { reducedMotion: 'reduce' })
    await page.getByRole('timer').waitFor()
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    await page.getByRole('dialog').waitFor()
    const moving = await page.evaluate<readonly string[]>(
      `document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
        .map(({ effect }) => String(effect?.target?.className))`,
    )
    expect(moving).toEqual([])
    for (const { path, name } of everyPage(id)) {
      await show(page, path)
      const endless = await page.evaluate<number>(
        `document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations === Infinity &&
          Number(effect?.getComputedTiming().duration) > 1).length`,
      )
      expect(endless, name).toBe(0)
    }
  })

  test('needs no sideways scrolling at 400 %, except for tables, also with wide text spacing', async () => {
    // This window has the size of 1280 × 1024 at 400 %.
    const { page } = await site.open('/', { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 })
    // The text spacing of WCAG 1.4.12.
    const wide = `for (const element of document.querySelectorAll('main, header, nav, [role=dialog]'))
      element.style.cssText += ';line-height:1.5 !important;letter-spacing:.12em !important;word-spacing:.16em !important'`
    for (const { path, name } of everyPage(id)) {
      await show(page, path)
      expect(await page.evaluate(TOO_WIDE), name).toEqual([])
      await page.evaluate(wide)
      expect(await page.evaluate(TOO_WIDE), `${name}, text set wide`).toEqual([])
    }
    await page.goto(`/models/integrations/${id}`)
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    const verb = page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' })
    await verb.scrollIntoViewIfNeeded()
    expect(await page.evaluate(TOO_WIDE)).toEqual([])
  })
})
