// The first run in a browser: from the link that the first start prints to the first token.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aShell } from '../documentation/shell.ts'
import { readAdminKey } from '../integrations.ts'
import { type RealServer, startRealServer } from '../real-server.ts'
import { copied, createAccount, hold, makeOwner, openBrowser, OWNER, setUpLink, visit } from './browser.ts'
import { SHOWN_MS } from './complete.ts'

describe.skipIf(!has('chromium') || !has('curl'))('the first run', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('leads from the set-up link to a token of the demo, which a newer token then supersedes', async () => {
    const server = await startRealServer()
    const { page, offences } = await visit(browser, server)
    const link = setUpLink(server)
    await page.goto(link)
    await createAccount(page)
    expect(page.url(), 'the code is out of the address').not.toContain('#')
    expect(await page.getByRole('radio', { name: 'Demo' }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Waiting for the token').waitFor()

    const shell = aShell({ cwd: server.dataDir })
    const copy = page.getByRole('button', { name: 'Copy curl example' })
    const command = await copied(page, 'curl example', () => copy.click())
    expect(command).toMatch(/^CLIENT_SECRET='lks_[\w-]+'$/m)
    expect(await page.getByRole('main').innerText(), 'the secret is copied unseen').not.toContain('lks_')
    await shell.run(command.replace(/^CLIENT_SECRET=.*$/m, "CLIENT_SECRET='<client secret>'"))
    await page.getByRole('main').getByText('A placeholder was sent instead of the credentials').waitFor()
    const requested = await shell.run(command)
    expect(requested.stdout).toContain('"token_type":"Bearer"')

    await page.getByRole('main').getByText('The token has arrived').waitFor()
    const done = page.getByRole('img', { name: /: done$/ })
    await expect.poll(() => done.count(), { timeout: SHOWN_MS }).toBe(4)
    const tile = (generation: number) => page.getByRole('region', { name: `Token #${generation}`, exact: true })
    await tile(1).getByText('Live').waitFor()
    await page.getByRole('button', { name: 'Ask again from here' }).click()
    await tile(1).getByText('Superseded').waitFor()
    await tile(2).getByText('verify answers 200').waitFor()
    await page.getByRole('button', { name: 'Ask once more' }).click()
    await tile(3).getByText('verify answers 200').waitFor()
    await tile(2).getByText('verify answers 401 superseded').waitFor()
    await expect.poll(() => done.count(), { timeout: SHOWN_MS }).toBe(5)
    const told = [server.stderr(), JSON.stringify(await page.context().storageState())].join()
    expect(told, 'no token is logged or stored').not.toContain('eyJ')

    await shell.run(command)
    await tile(4).getByText('Live').waitFor()
    await page.getByRole('heading', { name: 'The first token has ended' }).waitFor()

    await page.getByRole('link', { name: 'Go to the integration' }).click()
    await page.getByRole('heading', { name: 'Demo', level: 1 }).waitFor()
    await expect.poll(() => page.title(), { timeout: SHOWN_MS }).toBe('Demo · Latchkey')
    const looked = await (await adminFetch(server, '/audit?event=secret.revealed')).text()
    expect(looked, 'the look at the secret is on record').toContain('"event":"secret.revealed"')
    expect(offences).toEqual([])

    await page.goto(link)
    await page.getByText('This link does not work any more').waitFor()
    await page.getByRole('link', { name: 'go to the console' }).click()
    await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
  })

  test('offers a command to copy only once the page knows whether it can fetch the secret', async () => {
    const server = await startRealServer()
    const { page } = await visit(browser, server)
    const secrets = await hold(page, '**/secrets')
    await page.goto(setUpLink(server))
    await createAccount(page)
    await page.getByRole('button', { name: 'Continue' }).click()
    await secrets.requested
    await page.getByText('Waiting for the token').waitFor()
    const copy = page.getByRole('button', { name: 'Copy curl example' })
    await expect(copy.waitFor({ timeout: 1000 })).rejects.toThrow('Timeout')
    secrets.release()
    const command = await copied(page, 'curl example', () => copy.click())
    expect(command).toMatch(/^CLIENT_SECRET='lks_[\w-]+'$/m)
  })

  test('flags a wrong e-mail address and a short password in the same attempt', async () => {
    const server = await startRealServer()
    const { page } = await visit(browser, server)
    await page.goto(setUpLink(server))
    await page.locator('input[name=email]').fill('nobody')
    await page.locator('input[name=password]').fill('short')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('This is not an e-mail address').waitFor()
    await page.locator('p').getByText('At least 12 characters.', { exact: true }).last().waitFor()
  })

  test('shows an invited viewer one step, and none of the steps for an owner', async () => {
    const server = await startRealServer()
    await makeOwner(browser, server)
    const { page, offences } = await visit(browser, server)
    await page.goto(await invitation(server))
    await page.getByRole('heading', { level: 1, name: 'Welcome to Latchkey' }).waitFor()
    expect(await page.getByRole('img', { name: /^Step 1/ }).count()).toBe(0)
    await page.locator('input[name=password]').fill(OWNER.password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
    expect(offences).toEqual([])
  })

  test('sees the first token arrive, also if it was issued before the page began to watch', async () => {
    const server = await startRealServer()
    const { page } = await visit(browser, server)
    await page.goto(setUpLink(server))
    await createAccount(page)
    await page.getByRole('radio', { name: 'A new one' }).check()
    await page.getByRole('textbox', { name: 'Name' }).fill('Fast program')
    const slots = await hold(page, '**/admin/v1/integrations/*/tokens')
    await page.getByRole('button', { name: 'Continue' }).click()
    const copy = page.getByRole('button', { name: 'Copy curl example' })
    await aShell({ cwd: server.dataDir }).run(await copied(page, 'curl example', () => copy.click()))
    slots.release()
    await page.getByRole('main').getByText('The token has arrived').waitFor()
  })
})

const adminFetch = (server: RealServer, path: string, body?: object): Promise<Response> =>
  fetch(`${server.adminUrl}/admin/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${readAdminKey(server).reveal()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

/** Invites a viewer, and returns the link of the invitation. */
async function invitation(server: RealServer): Promise<string> {
  const invited = await adminFetch(server, '/operators', { email: 'viewer@example.org', role: 'viewer' })
  const values: readonly unknown[] = Object.values((await invited.json()) as object)
  return String(values.find((value) => String(value).includes('/set-up#')))
}
