// The list of integrations in a browser: search, filters, pages, and disabling several at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, type Integration, PREDICT } from '../integrations.ts'
import { SHOWN_MS } from './complete.ts'
import { type Site, startSite } from './platform-site.ts'

describe.skipIf(!has('chromium'))('the list of integrations', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test('keeps search, filter and page in the address, for the back button and for links', async () => {
    await createIntegration(site.server, { name: 'Findable one' })
    await createIntegration(site.server, { name: 'The one beside it' })
    const { page } = await site.open('/models/integrations')
    await page.getByRole('link', { name: 'Findable one' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('findable')
    await page.getByText('1 of 1 integrations', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Findable one' }).click()
    await page.getByRole('heading', { name: 'Findable one', level: 1 }).waitFor()
    await page.goBack()
    await page.getByText('1 of 1 integrations', { exact: true }).waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('findable')
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('nothing has this name')
    await page.getByText('No integration matches “nothing has this name”.').waitFor()
  })

  test('loses no letter that is typed before the address has the earlier ones', async () => {
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
    await page.keyboard.type('typed')
    await page.getByText('1 of 1 integrations', { exact: true }).waitFor()
    await page.keyboard.type('for')
    const sought = () => new URL(page.url()).searchParams.get('search')
    await expect.poll(sought, { timeout: SHOWN_MS }).toBe('typed for')
    expect(await page.getByRole('searchbox').inputValue()).toBe('typed for')
  })

  test('shows the list, also if its address contains unknown values', async () => {
    await createIntegration(site.server, { name: 'Still there' })
    const { page, offences } = await site.open('/models/integrations?sort=sideways&status=odd&scope=5&page=none')
    await page.getByRole('link', { name: 'Still there' }).waitFor()
    expect(offences).toEqual([])
  })

  // At the end, because these integrations move the others off the first page.
  test('disables several at once, after saying how many live tokens end, and sorts and pages through all', async () => {
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
    await page.getByText('25 of 27 integrations', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Paged 26' }).waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Select Paged 01').check()
    await page.getByLabel('Select Paged 00').check()
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByText('1 live token').waitFor()
    expect(await site.verify(token, PREDICT)).toBe(200)
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText('Disabled (2)').waitFor()
    expect(await site.verify(token, PREDICT)).toBe(401)
    await page.goBack()
    await page.getByRole('link', { name: 'Paged 26' }).waitFor()
    await page.getByText('Disabled (2)').click()
    await page.getByText('2 of 2 integrations', { exact: true }).waitFor()
    expect(page.url()).toContain('status=disabled')
    expect(offences).toEqual([])
  })
})
