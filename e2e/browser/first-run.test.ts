// The first run in a browser: from the link that the first start prints to the first token.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aShell } from '../documentation/shell.ts'
import { startRealServer } from '../real-server.ts'
import { copied, createAccount, hold, openBrowser, setUpLink, visit } from './browser.ts'
import { SHOWN_MS } from './complete.ts'

describe.skipIf(!has('chromium') || !has('curl'))('the first run', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('leads from the set-up link to an account, an integration, its curl command and the token as it arrives', async () => {
    const server = await startRealServer()
    const { page, offences } = await visit(browser, server)
    const link = setUpLink(server)
    await page.goto(link)
    await createAccount(page)
    expect(page.url(), 'the code is out of the address').not.toContain('#')

    await page.getByLabel('Name').fill('First program')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByText('Waiting for the token').waitFor()
    const copy = page.getByRole('button', { name: 'Copy curl example' })
    const command = await copied(page, 'curl example', () => copy.click())
    const requested = await aShell({ cwd: server.dataDir }).run(command)
    expect(requested.stdout).toContain('"token_type":"Bearer"')

    await page.getByRole('main').getByText('The token has arrived').waitFor()
    const done = page.getByRole('img', { name: /: done$/ })
    await expect.poll(() => done.count(), { timeout: SHOWN_MS }).toBe(4)
    await page.getByRole('link', { name: 'Go to the integration' }).click()
    await page.getByRole('heading', { name: 'First program', level: 1 }).waitFor()
    await expect.poll(() => page.title(), { timeout: SHOWN_MS }).toBe('First program · Latchkey')
    expect(offences).toEqual([])

    await page.goto(link)
    await page.getByText('This link does not work any more').waitFor()
  })

  test('sees the first token arrive, also if it was issued before the page began to watch', async () => {
    const server = await startRealServer()
    const { page } = await visit(browser, server)
    await page.goto(setUpLink(server))
    await createAccount(page)
    await page.getByLabel('Name').fill('Fast program')
    const slots = await hold(page, '**/admin/v1/integrations/*/tokens')
    await page.getByRole('button', { name: 'Create it' }).click()
    const copy = page.getByRole('button', { name: 'Copy curl example' })
    await aShell({ cwd: server.dataDir }).run(await copied(page, 'curl example', () => copy.click()))
    slots.release()
    await page.getByRole('main').getByText('The token has arrived').waitFor()
  })
})
