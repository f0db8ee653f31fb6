// The pages under Settings about operators and the configuration, in a real browser.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { makeOwner, openBrowser, OWNER, type SignedIn, signIn, visit } from './browser.ts'
import { complete } from './complete.ts'
import { show } from './every-page.ts'
import { sees } from './platform-site.ts'

const HOSTILE_AUDIENCE = '<img/src=x/onerror=alert(1)>'
const EDITOR = { email: 'editor@example.org', password: 'a horse, two clouds and a kettle' }

describe.skipIf(!has('chromium'))('the pages under Settings', () => {
  let browser: Browser
  let server: RealServer
  let owner: SignedIn
  beforeAll(async () => {
    browser = await openBrowser()
    server = await startServerOfSuite({ env: { LATCHKEY_AUDIENCE: HOSTILE_AUDIENCE } })
    owner = await makeOwner(browser, server)
    await createIntegration(server)
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  const dialog = (page: Page) => page.getByRole('dialog')
  const row = (page: Page, text: string) => page.getByRole('row').filter({ has: page.getByText(text, { exact: true }) })
  const cell = (page: Page, of: string, name: string) => row(page, of).getByRole('cell', { name, exact: true })
  const create = (page: Page) => page.getByRole('link', { name: 'Create integration' })

  test('an owner invites an operator, raises their role, ends their session, and removes them', async () => {
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto('/settings/operators')
    await page.getByRole('button', { name: 'Invite operator' }).click()
    await dialog(page).getByRole('button', { name: 'Invite operator' }).click()
    await dialog(page).getByText('Give the e-mail of the person.').waitFor()
    await dialog(page).getByLabel('E-mail').fill(EDITOR.email)
    await dialog(page).getByRole('button', { name: 'Invite operator' }).click()
    await dialog(page).getByText('works once').waitFor()
    const link = (await dialog(page).getByText('/set-up#').textContent()) ?? ''
    await dialog(page).getByRole('button', { name: 'Done' }).click()
    await cell(page, EDITOR.email, 'Invited').waitFor()

    const { page: theirs } = await visit(browser, server)
    await theirs.goto(link)
    await theirs.locator('input[name=password]').fill(EDITOR.password)
    await theirs.getByRole('button', { name: 'Create account' }).click()
    await theirs.getByText('You can view integrations.').waitFor()
    await theirs.goto('/settings/operators')
    await theirs.getByText('This session').waitFor()
    await complete(theirs)
    expect(await theirs.getByText(OWNER.email).count(), 'of others a viewer sees nothing').toBe(0)

    await page.getByRole('button', { name: `Change ${EDITOR.email}` }).click()
    await dialog(page)
      .getByLabel(/^Editor:/)
      .check()
    await dialog(page).getByText('A new role holds from the next request on').waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await cell(page, EDITOR.email, 'Editor').waitFor()
    await theirs.goto('/models/integrations')
    await create(theirs).waitFor()

    await page.getByRole('button', { name: `Sessions of ${EDITOR.email}` }).click()
    const sessions = page.getByRole('table', { name: `Sessions of ${EDITOR.email}` })
    await sessions.getByRole('button', { name: /^End the session from 127/ }).click()
    await sees(page, 'The session is ended')
    await theirs.reload()
    await theirs.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signIn(theirs, EDITOR)
    await create(theirs).waitFor()

    // The server keeps its last owner, so the page does not offer to remove them.
    expect(await page.getByRole('button', { name: /^Remove / }).count()).toBe(1)
    await page.getByRole('button', { name: `Remove ${EDITOR.email}` }).click()
    await dialog(page).getByText('1 session ends at once.').waitFor()
    await dialog(page).getByRole('button', { name: 'Remove operator' }).click()
    await sees(page, `${EDITOR.email} is removed`)
    await theirs.reload()
    await theirs.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(offences).toEqual([])
  })

  test('the last owner cannot be disabled, and the page says why', async () => {
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto('/settings/operators')
    await page.getByRole('button', { name: `Change ${OWNER.email}` }).click()
    await dialog(page).getByLabel('May sign in').uncheck()
    await dialog(page)
      .getByText(/sessions? of this person ends? at once/)
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('This is the last owner who can sign in.').waitFor()
    expect(offences).toEqual([])
  })

  test('the configuration in force can be searched, shows its sources, and cannot be changed', async () => {
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await show(page, '/settings/configuration')
    await page.getByRole('heading', { level: 1, name: 'Configuration' }).waitFor()
    await row(page, 'LATCHKEY_MASTER_KEY').getByText('Not set', { exact: true }).waitFor()
    await row(page, 'LATCHKEY_AUDIENCE').getByText('the environment', { exact: true }).waitFor()
    const changing = page.getByRole('main').getByRole('button', { name: /Save|Change|Edit/ })
    expect(await changing.count()).toBe(0)
    await page.getByLabel('Only what is not at its default').check()
    await row(page, 'LATCHKEY_MASTER_KEY').waitFor({ state: 'detached' })
    await row(page, 'LATCHKEY_AUDIENCE').getByText(HOSTILE_AUDIENCE, { exact: true }).waitFor()
    await page.getByLabel('Find a setting').fill('nothing has this name')
    await sees(page, 'No setting fits.')
    expect(offences).toEqual([])
  })
})
