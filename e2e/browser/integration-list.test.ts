// The list of integrations in a browser: search, filters, pages, and disabling several at once.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { adminRequest, createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import { faultsOf } from './axe.ts'
import { SHOWN_MS } from './complete.ts'
import { type Site, startSite } from './platform-site.ts'

describe.skipIf(!has('chromium'))('the list of integrations', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test('keeps search, filter and page number in the URL, for the back button and for links', async () => {
    await createIntegration(site.server, { name: 'Findable one' })
    await createIntegration(site.server, { name: 'The one beside it' })
    const { page } = await site.open('/models/integrations')
    await page.getByRole('link', { name: 'Findable one' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('findable')
    await page.getByText('1 integration', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Findable one' }).click()
    await page.getByRole('heading', { name: 'Findable one', level: 1 }).waitFor()
    await page.goBack()
    await page.getByText('1 integration', { exact: true }).waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('findable')
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('nothing has this name')
    await page.getByText('No integration matches “nothing has this name”.').waitFor()
  })

  test('loses no letter that the user types before the URL contains the earlier letters', async () => {
    for (const name of ['Typed for', 'Left out']) await createIntegration(site.server, { name })
    const { page } = await site.open('/models/integrations')
    await page.getByRole('searchbox').focus()
    await page.evaluate(`{
      const { replaceState } = history
      history.replaceState = (...given) => {
        history.replaceState = replaceState
        history.replaceState(...given)
        document.execCommand('insertText', false, ' ')
      }
    }`)
    // The test types all letters at once. Otherwise the search could begin between two letters on a busy machine.
    await page.keyboard.insertText('typed')
    await page.getByText('1 integration', { exact: true }).waitFor()
    await page.keyboard.type('for')
    const sought = () => new URL(page.url()).searchParams.get('search')
    await expect.poll(sought, { timeout: SHOWN_MS }).toBe('typed for')
    expect(await page.getByRole('searchbox').inputValue()).toBe('typed for')
  })

  test('shows the list even if its URL contains unknown values', async () => {
    await createIntegration(site.server, { name: 'Still there' })
    const { page, offences } = await site.open('/models/integrations?sort=sideways&status=odd&scope=5&page=none')
    await page.getByRole('link', { name: 'Still there' }).waitFor()
    expect(offences).toEqual([])
  })

  test('shows integrations that need attention first, says why, and filters them by reason', async () => {
    const { server } = site
    const calm = await createIntegration(server, { name: 'Needs calm', scopes: [PREDICT, MODEL] })
    const rotating = await createIntegration(server, { name: 'Needs rotation' })
    const contended = await createIntegration(server, { name: 'Needs own callers', scopes: [PREDICT] })
    await adminRequest(server, 'POST', `/${rotating.id}/rotate-secret`, '{}')
    for (const agent of ['a', 'b', 'a', 'b', 'a', 'b']) await site.requestToken(contended, PREDICT, agent)
    for (const scope of [PREDICT, MODEL]) await site.requestToken(calm, scope)
    const { page, offences } = await site.open('/models/integrations?search=needs')
    const names = page.getByRole('link', { name: /^Needs / })
    await expect
      .poll(() => names.allTextContents(), { timeout: SHOWN_MS })
      .toEqual(['Needs own callers', 'Needs rotation', 'Needs calm'])
    const row = (name: string) => page.getByRole('row').filter({ hasText: name })
    await row('Needs own callers').getByText('Contended', { exact: true }).waitFor()
    await row('Needs rotation').getByText('Rotating', { exact: true }).waitFor()
    await row('Needs rotation').getByText('Old secret: 23 h left').waitFor()
    // The page shows one bar for each scope with a live token.
    await expect.poll(() => row('Needs calm').getByRole('progressbar').count(), { timeout: SHOWN_MS }).toBe(2)
    await page.getByRole('button', { name: 'Contended 1' }).click()
    await page.getByText('1 integration', { exact: true }).waitFor()
    expect(page.url()).toContain('attention=contended')
    await page.getByRole('button', { name: 'Contended 1' }).click()
    await page.getByRole('button', { name: 'Needs attention 2' }).click()
    await expect
      .poll(() => names.allTextContents(), { timeout: SHOWN_MS })
      .toEqual(['Needs own callers', 'Needs rotation'])
    await page.getByText(/^The 24 hours, contention and rising refusals are what the answering server/).waitFor()
    expect(offences).toEqual([])
  })

  test('shows a contention that begins while the page is open, and the same reasons at the head of an integration', async () => {
    const secretEnds = new Date(Date.now() + 3 * 86_400_000).toISOString()
    const watched = await createIntegration(site.server, {
      name: 'Watched',
      scopes: [PREDICT],
      secret_expires_at: secretEnds.replace(/\.\d+Z$/, 'Z'),
    })
    const { page, offences } = await site.open('/models/integrations?search=watched')
    const row = page.getByRole('row').filter({ hasText: 'Watched' })
    await row.getByText(/^Secret ends in \d/).waitFor()
    expect(await row.getByText('Contended', { exact: true }).count()).toBe(0)
    for (const agent of ['a', 'b', 'a', 'b', 'a', 'b']) await site.requestToken(watched, PREDICT, agent)
    // The time-out is shorter than the interval at which the page reads the list again by itself.
    await row.getByText('Contended', { exact: true }).waitFor({ timeout: SHOWN_MS / 2 })
    await row.getByRole('link', { name: 'Watched' }).click()
    const head = page.getByRole('heading', { level: 1, name: 'Watched' }).locator('..')
    for (const words of ['Active', 'Contended', /^Secret ends in \d/]) await head.getByText(words).waitFor()
    expect(offences).toEqual([])
  })

  test('tags several integrations in one step, and exports them without a secret', async () => {
    for (const [name, tags] of [
      ['Bulk one', ['kept']],
      ['Bulk two', []],
    ] as const)
      await createIntegration(site.server, { name, tags })
    const { page, offences } = await site.open('/models/integrations?search=bulk&sort=name')
    await page.getByLabel('Select all on this page').check()
    await page.getByRole('button', { name: 'Tag', exact: true }).click()
    await page.getByRole('dialog').getByLabel('Tags', { exact: true }).fill('tier-9')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await page.getByText('Tags of 2 changed').waitFor()
    await page.getByRole('row').filter({ hasText: 'Bulk two' }).getByText('tier-9').waitFor()
    await page.getByRole('row').filter({ hasText: 'Bulk one' }).getByText('kept').waitFor()
    await page.getByLabel('Select all on this page').check()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    expect(file.suggestedFilename()).toBe('integrations.csv')
    const [head, ...lines] = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(head).toMatch(/^id,name,client_id,/)
    expect(lines.map((line) => line.split(',')[1])).toEqual(['Bulk one', 'Bulk two'])
    expect(lines.join()).not.toContain('lks_')
    expect(offences).toEqual([])
  })

  test('shows one card for each integration on a phone, with state, attention and time left', async () => {
    const integration = await createIntegration(site.server, { name: 'Carried along', scopes: [PREDICT] })
    await site.requestToken(integration, PREDICT)
    await adminRequest(site.server, 'POST', `/${integration.id}/rotate-secret`, '{}')
    const phone = { viewport: { width: 390, height: 844 } }
    const { page } = await site.open('/models/integrations?search=carried', phone)
    const card = page.getByRole('list', { name: 'Integrations' }).getByRole('listitem')
    for (const shown of [card.getByText('Rotating'), card.getByText(/^Old secret: /), card.getByRole('progressbar')]) {
      const box = await shown.boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= 390).toBe(true)
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect(await page.getByRole('table').count()).toBe(0)
    await page.goto('/platform/live-tokens')
    await page.getByRole('list', { name: 'Live tokens' }).getByText('Carried along').first().waitFor()
    expect(await page.getByRole('table').count()).toBe(0)
  })

  test('revokes the live tokens of an integration from its row, and says beforehand how many end', async () => {
    const integration = await createIntegration(site.server, { name: 'Revoked in its row', scopes: [PREDICT, MODEL] })
    const tokens = [await site.requestToken(integration, PREDICT), await site.requestToken(integration, MODEL)] as const
    const { page, offences } = await site.open('/models/integrations?search=revoked')
    const opener = page.getByRole('button', { name: 'Actions on Revoked in its row' })
    await opener.press('Enter')
    await page.getByRole('menuitem', { name: 'Revoke live tokens' }).waitFor()
    expect(await faultsOf(page, [{ scheme: 'light', width: 1280 }])).toEqual([])
    await page.keyboard.press('Escape')
    await opener.and(page.locator(':focus')).waitFor()
    await opener.click()
    await page.getByRole('menuitem', { name: 'Revoke live tokens' }).click()
    await page.getByRole('dialog').getByText('Its 2 live tokens stop working at once.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke live tokens' }).click()
    await page.getByText('2 live tokens revoked').waitFor()
    expect(await site.verify(tokens[0], PREDICT)).toBe(401)
    expect(await site.verify(tokens[1], MODEL)).toBe(401)
    await opener.click()
    await page.getByRole('menuitem', { name: 'No live token to revoke' }).waitFor()
    expect(offences).toEqual([])
  })

  test('begins a rotation and disables from the row of an integration', async () => {
    await createIntegration(site.server, { name: 'Acted on' })
    const { page, offences } = await site.open('/models/integrations?search=acted')
    const opener = page.getByRole('button', { name: 'Actions on Acted on' })
    await opener.click()
    await page.getByRole('menuitem', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('row').filter({ hasText: 'Acted on' }).getByText('Disabled').waitFor()
    await opener.click()
    await page.getByRole('menuitem', { name: 'Enable' }).waitFor()
    await page.getByRole('menuitem', { name: 'Rotate secret' }).click()
    await page.getByRole('dialog', { name: 'Rotate' }).waitFor()
    expect(new URL(page.url()).pathname).toMatch(/integrations\/int_/)
    expect(offences).toEqual([])
  })

  // This test is the last, because its integrations move the others off the first page.
  test('disables several integrations in one step, says beforehand how many live tokens end, and sorts and pages through all integrations', async () => {
    const made: Integration[] = []
    for (let number = 0; number < 27; number += 1) {
      made.push(
        await createIntegration(site.server, { name: `Paged ${String(number).padStart(2, '0')}`, scopes: [PREDICT] }),
      )
    }
    const [, second] = made
    if (second === undefined) throw new Error('there are too few integrations')
    const token = await site.requestToken(second, PREDICT)
    const { page, offences } = await site.open('/models/integrations?search=Paged&sort=-name')
    await page.getByText('1–25 of 27 integrations', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Paged 26' }).waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Select Paged 01').check()
    await page.getByLabel('Select Paged 00').check()
    await page.getByRole('button', { name: 'Disable', exact: true }).click()
    await page.getByRole('dialog').getByText('1 live token').waitFor()
    expect(await site.verify(token, PREDICT)).toBe(200)
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText('Disabled (2)').waitFor()
    expect(await site.verify(token, PREDICT)).toBe(401)
    await page.goBack()
    await page.getByRole('link', { name: 'Paged 26' }).waitFor()
    await page.getByText('Disabled (2)').click()
    await page.getByText('2 integrations', { exact: true }).waitFor()
    expect(page.url()).toContain('status=disabled')
    expect(offences).toEqual([])
  })
})
