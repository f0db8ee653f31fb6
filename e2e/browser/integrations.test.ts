// Models > Integrations in a browser: the documented path to the credentials, and all actions on integrations.
import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { readPage } from '../documentation/page.ts'
import { aShell } from '../documentation/shell.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { copied, hold, makeOwner, openBrowser, type SignedIn, signIn, visit } from './browser.ts'
import { show } from './every-page.ts'

const DOCUMENTED = 'http://127.0.0.1:8080'

describe.skipIf(!has('chromium'))('Models > Integrations', () => {
  let browser: Browser
  let server: RealServer
  let owner: SignedIn
  beforeAll(async () => {
    browser = await openBrowser()
    server = await startServerOfSuite()
    owner = await makeOwner(browser, server)
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  const request = async (basic: string): Promise<{ status: number; token: string }> => {
    const response = await fetch(`${server.issuer}/v1/token`, {
      method: 'POST',
      headers: { authorization: basic },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT }),
    })
    const { access_token: token = '' } = (await response.json()) as { access_token?: string }
    return { status: response.status, token }
  }
  const verify = async (token: string): Promise<number> =>
    (await fetch(`${server.issuer}/v1/verify`, { headers: { authorization: `Bearer ${token}` } })).status

  const copy = (page: Page, what: string, within: Page | Locator = page): Promise<string> =>
    copied(page, what, () => within.getByRole('button', { name: `Copy ${what}`, exact: true }).click())

  test.skipIf(!has('curl'))(
    'leads to the client ID and the client secret with which the documented commands work',
    async () => {
      const { page, offences } = await visit(browser, server)
      await createIntegration(server, { name: 'Reporting' })
      await page.goto('/models/integrations')
      await signIn(page)
      await page.getByRole('link', { name: 'Reporting' }).click()
      await page.getByRole('heading', { name: 'Credentials' }).waitFor()
      const clientId = await copy(page, 'client ID')
      const clientSecret = await copy(page, 'client secret')
      expect(await page.getByText(clientSecret).count(), 'copied without being shown').toBe(0)
      await page.getByRole('button', { name: 'Reveal' }).click()
      await page.getByText(clientSecret).waitFor()

      const [commands = ''] = readPage('docs/authentication-api.md').section('3. Fetch the token', 'sh')
      const shell = aShell({ cwd: server.dataDir, env: { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } })
      const answer = await shell.run(commands.replaceAll(DOCUMENTED, server.publicUrl))
      expect(answer.stdout).toContain('"token_type":"Bearer"')
      await page.getByRole('timer').waitFor()
      expect(offences).toEqual([])
    },
  )

  test('creates an integration, and rotates its secret with an overlap that can be ended', async () => {
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto('/models/integrations/new')
    await page.getByRole('button', { name: 'Create integration' }).click()
    await page.getByRole('alert').getByText('Give it a name.').waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('Nightly export')
    await page.getByRole('checkbox', { name: PREDICT }).check()
    await page.getByRole('button', { name: 'Create integration' }).click()
    await page.getByRole('heading', { name: 'Nightly export is ready' }).waitFor()
    const clientId = await copy(page, 'client ID')
    const before = await copy(page, 'client secret')
    const basic = (secret: string): string => `Basic ${btoa(`${clientId}:${secret}`)}`
    expect((await request(basic(before))).status).toBe(200)

    await page.getByRole('button', { name: 'Open the integration' }).click()
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1 live token').waitFor()
    await dialog.getByRole('button', { name: 'Rotate secret' }).click()
    const made = page.getByRole('dialog', { name: 'The new client secret' })
    const after = await copy(page, 'client secret', made)
    await made.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Rotation in progress').waitFor()
    expect(after).not.toBe(before)
    expect((await request(basic(before))).status).toBe(200)
    expect((await request(basic(after))).status).toBe(200)

    const old = page.getByRole('region', { name: 'Old secret' })
    await old.getByText(/^Ends in 23:59:/).waitFor()
    await page.getByRole('heading', { level: 1 }).locator('..').getByText('Rotating').waitFor()
    // The current secret has no button to end it.
    expect(await page.getByRole('button', { name: 'End now' }).count()).toBe(1)
    await old.getByRole('button', { name: 'End now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click()
    await page.getByText('Rotation in progress').waitFor({ state: 'detached' })
    expect((await request(basic(before))).status).toBe(401)
    expect((await request(basic(after))).status).toBe(200)
    expect(offences).toEqual([])
  })

  test('disables an integration, whose token is refused at the next request', async () => {
    const { id, basic } = await createIntegration(server, { name: 'Old importer' })
    const { token } = await request(basic)
    expect(await verify(token)).toBe(200)
    const { page } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${id}`)
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByText('Its 1 live token stops working at once.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText('This integration is disabled').waitFor()
    expect(await verify(token)).toBe(401)
  })

  test('shows a pasted token become superseded when another token is requested', async () => {
    const { id, basic } = await createIntegration(server, { name: 'Trial' })
    const { token } = await request(basic)
    const { page } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${id}/try`)
    await page.getByRole('textbox', { name: 'Access token' }).fill(token)
    await page.getByText('It is the live token of its scope.').waitFor()
    await request(basic)
    await page.getByText('A newer token was issued for its scope.').waitFor()
  })

  test('says which token a request on the page supersedes, and shows the older token as superseded after the request', async () => {
    const { id } = await createIntegration(server, { name: 'Tried out' })
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${id}/try`)
    await page.getByText('No token is live for this scope: this replaces nothing.').waitFor()
    await page.getByRole('button', { name: 'Request token' }).click()
    const tokens = page.getByRole('region', { name: /^Token #\d+$/ })
    await tokens.getByText('It is the live token of its scope.').waitFor()
    await tokens.getByRole('timer').waitFor()
    await tokens.getByRole('row').filter({ hasText: 'jti' }).getByText('Its own ID.').waitFor()
    await tokens.getByRole('row').filter({ hasText: 'alg' }).getByText('How it is signed.').waitFor()
    await tokens.getByRole('button', { name: 'Call verify with it' }).click()
    await tokens.getByText('200', { exact: true }).waitFor()
    const [, generation = ''] = /#(\S+)/.exec((await tokens.getByRole('heading').first().textContent()) ?? '') ?? []
    const first = await copy(page, `access token #${generation}`, tokens)
    expect(await verify(first)).toBe(200)

    await page.getByText(`This supersedes token #${generation}`).waitFor()
    await page.getByRole('button', { name: 'Request another token' }).click()
    const older = page.getByRole('region', { name: `Token #${generation}`, exact: true })
    const newer = page.getByRole('region', { name: `Token #${String(Number(generation) + 1)}`, exact: true })
    await older.getByText('A newer token was issued for its scope.').waitFor()
    expect(await verify(first)).toBe(401)
    await older.getByRole('button', { name: 'Call verify with it' }).click()
    await older.getByText('401 superseded').waitFor()
    await older.getByText('error="invalid_token"').waitFor()
    await newer.getByText('It is the live token of its scope.').waitFor()

    await page.getByLabel('Client secret', { exact: true }).fill('lks_guessed')
    await page.getByRole('button', { name: 'Request another token' }).click()
    await page.getByText('The client secret is not a valid secret of this integration.').waitFor()
    // The refused request has ended no token.
    await newer.getByRole('button', { name: 'Call verify with it' }).click()
    await newer.getByText('200', { exact: true }).waitFor()
    await newer.getByText('It is the live token of its scope.').waitFor()
    expect(offences).toEqual([])
  })

  test('says which tokens an action ends only once it knows which tokens are live', async () => {
    const { id, basic } = await createIntegration(server, { name: 'Slowly read' })
    await request(basic)
    const { page } = await visit(browser, server, { storageState: owner })
    const slots = await hold(page, /\/integrations\/[^/]+\/tokens/)
    const dialog = page.getByRole('dialog')
    const close = async () => {
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
    }
    await page.goto(`/models/integrations/${id}/settings`)
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    await dialog.getByText('Live tokens stay valid until they end.', { exact: true }).waitFor()
    await close()
    await page.getByRole('button', { name: 'Delete integration' }).click()
    await dialog.getByText('This ends its live tokens and').waitFor()
    await close()
    await page.getByRole('tab', { name: 'Try it' }).click()
    await page.getByRole('button', { name: 'Request token' }).waitFor()
    expect(await page.getByText('this replaces nothing').count()).toBe(0)
    await page.getByRole('button', { name: 'Disable' }).click()
    await dialog.getByText('Its live tokens stop working at once.').waitFor()
    slots.release()
    await dialog.getByText('Its 1 live token stops working at once.').waitFor()
    await close()
    await page.getByText(/^This supersedes token #/).waitFor()
  })

  test('names the programs that contend for one token', async () => {
    const { id, basic } = await createIntegration(server, { name: 'Shared' })
    for (let times = 0; times < 5; times += 1) await request(basic)
    const { page } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${id}`)
    const banner = page.getByRole('note')
    await banner.getByText('One caller keeps ending its own tokens:').waitFor()
    expect(await banner.getByText('What helps').isVisible()).toBe(false)
    await banner.getByRole('button', { name: 'Show callers and cures' }).click()
    await banner.getByText(`Callers for ${PREDICT}`).waitFor()
    await banner.getByText(/127\.0\.0\.1.*5 requests/).waitFor()
    expect(await banner.getByRole('list').last().getByRole('listitem').count()).toBeGreaterThan(0)
    await page.getByRole('tab', { name: 'Settings' }).click()
    await banner.waitFor({ state: 'detached' })
  })

  test('ends the oldest secret when a second rotation begins, and the current secret works until the overlap ends', async () => {
    const { id, clientId, basic } = await createIntegration(server, { name: 'Rotated twice' })
    const { page } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${id}`)
    const rotate = async (): Promise<string> => {
      await page.getByRole('button', { name: 'Rotate secret' }).click()
      const dialog = page.getByRole('dialog', { name: 'Rotate client secret?' })
      expect(await dialog.getByRole('radio', { name: '24 hours' }).isChecked()).toBe(true)
      await dialog.getByRole('button', { name: 'Rotate secret' }).click()
      const made = page.getByRole('dialog', { name: 'The new client secret' })
      await made.getByText('You can reveal it again on the Overview.').waitFor()
      const secret = await copy(page, 'client secret', made)
      await made.getByRole('button', { name: 'Done' }).click()
      return `Basic ${btoa(`${clientId}:${secret}`)}`
    }
    const second = await rotate()
    await page.getByText('Rotation in progress').waitFor()
    const third = await rotate()
    const statuses = [await request(basic), await request(second), await request(third)].map(({ status }) => status)
    expect(statuses).toEqual([401, 200, 200])
  })

  test('deletes an integration only once its name is typed, and says what ends with it', async () => {
    const { id, basic } = await createIntegration(server, { name: 'To be deleted' })
    const { token } = await request(basic)
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${id}/settings`)
    await page.getByRole('button', { name: 'Delete integration' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('This ends 1 live token and 1 credential at once, for good.').waitFor()
    const verb = dialog.getByRole('button', { name: 'Delete integration' })
    expect(await verb.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('To be deleted')
    await verb.click()
    await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
    expect(await verify(token)).toBe(401)
    await show(page, `/models/integrations/${id}`)
    await page.getByRole('heading', { level: 1, name: 'There is no such integration' }).waitFor()
    expect(await page.getByRole('button', { name: 'Rotate secret' }).count()).toBe(0)
    expect(offences).toEqual([])
  })

  test('shows the problems of a form at their fields, and keeps the input', async () => {
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto('/models/integrations/new')
    await page.getByRole('textbox', { name: 'Name' }).fill('Careful')
    await page.getByRole('textbox', { name: 'Allowed addresses' }).fill('10.1.2.3/16')
    await page.getByRole('checkbox', { name: PREDICT }).check()
    await page.getByRole('button', { name: 'Create integration' }).click()
    await page
      .getByRole('alert')
      .getByText(/CIDR range that begins at its first address/)
      .waitFor()
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Careful')
    await page.getByRole('textbox', { name: 'Allowed addresses' }).fill('10.1.0.0/16')
    await page.getByRole('button', { name: 'Create integration' }).click()
    await page.getByRole('heading', { name: 'Careful is ready' }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download .env' }).click(),
    ])
    const env = await readFile(await download.path(), 'utf8')
    expect(env).toMatch(
      /^CLIENT_ID=lk\w{14}\nCLIENT_SECRET=lks_\S{36}\nTOKEN_ENDPOINT=http\S+\nSCOPE=machinelearning\.predict\n$/,
    )
    expect(offences).toEqual([])
  })

  test('shows markup in names and descriptions as plain text', async () => {
    const name = '<img src=x onerror=alert(1)>'
    const { id } = await createIntegration(server, { name })
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto('/models/integrations')
    await page.getByRole('link', { name }).waitFor()
    for (const tab of ['', '/quickstart', '/try', '/activity', '/audit', '/settings']) {
      await show(page, `/models/integrations/${id}${tab}`)
      await page.getByRole('heading', { name, level: 1 }).waitFor()
    }
    expect(offences).toEqual([])
  })
})
