// The session of an operator, and the page after the session or the server has ended.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { freePort } from '../free-port.ts'
import { createIntegration, readAdminKey } from '../integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'
import { hold, makeOwner, openBrowser, OWNER, signIn, visit } from './browser.ts'
import { complete } from './complete.ts'
import { show } from './every-page.ts'

describe.skipIf(!has('chromium'))('the console', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  const invite = async (server: RealServer, email: string, role: string): Promise<string> => {
    const response = await fetch(`${server.adminUrl}/admin/v1/operators`, {
      method: 'POST',
      headers: { authorization: `Bearer ${readAdminKey(server).reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email, role }),
    })
    return ((await response.json()) as { link: string }).link
  }

  test('shows a viewer no control that changes anything, and the server refuses a forced change', async () => {
    const server = await startRealServer()
    await makeOwner(browser, server)
    const { id } = await createIntegration(server, { name: 'Looked at' })
    const { page } = await visit(browser, server)
    await page.goto(await invite(server, 'viewer@example.org', 'viewer'))
    await page.locator('input[name=password]').fill(OWNER.password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('You can view integrations.').waitFor()
    await page.getByRole('link', { name: 'Looked at' }).waitFor()
    await complete(page)
    expect(await page.getByRole('link', { name: 'Create integration' }).count()).toBe(0)
    for (const tab of ['', '/settings']) {
      await show(page, `/models/integrations/${id}${tab}`)
      await page.getByRole('heading', { level: 1, name: 'Looked at' }).waitFor()
      const changing = page.getByRole('button', { name: /Rotate|Disable|Reveal|Copy client secret|Revoke|Save|Delete/ })
      expect(await changing.count(), tab).toBe(0)
    }
    const forced = await page.evaluate<number>(
      `fetch('/admin/v1/integrations/${id}/disable', { method: 'POST', headers: { 'x-latchkey-console': '1' } })
        .then(({ status }) => status)`,
    )
    expect(forced).toBe(403)
  })

  test('returns to the same page after the session ended and a new sign-in', async () => {
    const server = await startRealServer()
    const { id } = await createIntegration(server)
    const storageState = await makeOwner(browser, server)
    const { page, context } = await visit(browser, server, { storageState })
    await page.goto(`/models/integrations/${id}/settings`)
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    const own = await context.request.get(`${server.adminUrl}/admin/v1/session`)
    const { operator } = (await own.json()) as { operator: { id: string } }
    const sessions = `${server.adminUrl}/admin/v1/operators/${operator.id}/sessions`
    const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
    const { items } = (await (await fetch(sessions, { headers })).json()) as { items: readonly { id: string }[] }
    // The session ends while a request is in flight. If it ended earlier, the page could ask for a password before the
    // click.
    const audit = await hold(page, '**/admin/v1/audit?*')
    await page.getByRole('tab', { name: 'Audit' }).click()
    await audit.requested
    for (const { id: session } of items) await fetch(`${sessions}/${session}`, { method: 'DELETE', headers })
    audit.release()
    await signIn(page)
    await page.getByRole('table', { name: 'Changes and refusals of this integration' }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/models/integrations/${id}/audit`)
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('never leads from a sign-in to another site, whatever the link contains', async () => {
    const server = await startRealServer()
    await makeOwner(browser, server)
    for (const next of ['http://127.0.0.2:1/', '//127.0.0.2:1/', '/\\127.0.0.2:1/', 'javascript:alert(1)', '5']) {
      const { page, offences } = await visit(browser, server)
      const path = `/sign-in?next=${encodeURIComponent(next)}`
      await page.goto(path)
      await signIn(page)
      await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
      // If an operator is already signed in, the link must not lead to another site either.
      await page.goto(path)
      await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
      expect(offences, next).toEqual([])
    }
  })

  test('refuses a wrong password without details, and after ten in a minute says how long to wait', async () => {
    const server = await startRealServer()
    await makeOwner(browser, server)
    const { page } = await visit(browser, server)
    await page.goto('/models/integrations')
    for (const email of [OWNER.email, 'nobody@example.org']) {
      await signIn(page, { email, password: 'not the password' })
      await page.getByText('E-mail or password is not right.').waitFor()
      await page.reload()
    }
    const email = 'guessed.at@example.org'
    const wrong = (): Promise<number> =>
      page.evaluate<number>(`fetch('/admin/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-latchkey-console': '1' },
        body: JSON.stringify({ email: '${email}', password: 'not the password' }),
      }).then(({ status }) => status)`)
    for (let times = 0; times < 10; times += 1) expect(await wrong()).toBe(401)
    await signIn(page, { email, password: 'not the password' })
    await page.getByText(/Too many attempts from your network.*Try again in \d+ s/).waitFor()
    // This is another account: guesses at one account lock no other operator out.
    await signIn(page)
    await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
  })

  test('signs out everywhere: every other window of the same operator then asks for a password', async () => {
    const server = await startRealServer()
    const storageState = await makeOwner(browser, server)
    const { page } = await visit(browser, server, { storageState })
    const { page: other } = await visit(browser, server)
    await other.goto('/models/integrations')
    await signIn(other)
    await other.getByRole('link', { name: 'Operators' }).waitFor()
    // The request of the page is in flight when the session ends: otherwise the page may ask for the password by
    // itself.
    const operators = await hold(other, '**/admin/v1/operators')
    await other.getByRole('link', { name: 'Operators' }).click()
    await operators.requested
    await page.goto('/models/integrations')
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    operators.release()
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('keeps the chosen colour scheme, also for the next visit', async () => {
    const server = await startRealServer()
    const storageState = await makeOwner(browser, server)
    const { page } = await visit(browser, server, { storageState, colorScheme: 'light' })
    await page.goto('/models/integrations')
    await page.getByRole('button', { name: 'Appearance' }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await page.locator(':root[data-mantine-color-scheme=dark]').waitFor()
    await page.reload()
    await page.locator(':root[data-mantine-color-scheme=dark]').waitFor()
  })

  test('says that its numbers are old while the server is away, and continues when the server is back', async () => {
    const dataDir = aTemporaryFolder()
    const env = { LATCHKEY_ADMIN_PORT: String(await freePort()) }
    const first = await startRealServer({ dataDir, env })
    await createIntegration(first, { name: 'Outlives it' })
    const storageState = await makeOwner(browser, first)
    const { page } = await visit(browser, first, { storageState })
    await page.goto('/models/integrations')
    await page.getByRole('link', { name: 'Outlives it' }).waitFor()
    await first.stop()
    await page.getByText(/^Connection lost\. Numbers are from/).waitFor()
    const second = await startRealServer({ dataDir, env })
    await createIntegration(second, { name: 'Made afterwards' })
    await page.getByText(/^Connection lost/).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Made afterwards' }).waitFor()
  })
})
