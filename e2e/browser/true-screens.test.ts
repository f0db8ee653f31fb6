// The pages tell the truth: the list counts refusals, a search finds tags, and the state of a token agrees with its
// answer.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { Connection } from '../connection.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { type RealServer, startRealServer, startServerOfSuite } from '../real-server.ts'
import { makeOwner, openBrowser, type SignedIn, visit } from './browser.ts'

describe.skipIf(!has('chromium'))('the screens', () => {
  let browser: Browser
  let server: RealServer
  let owner: SignedIn
  beforeAll(async () => {
    browser = await openBrowser()
    server = await startServerOfSuite({ env: { LATCHKEY_DEMO: 'off' } })
    owner = await makeOwner(browser, server)
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  test('count a refused token as refused in the list', async () => {
    const integration = await createIntegration(server, { name: 'Refused twice' })
    const connection = new Connection(server)
    const old = await connection.token(integration)
    await connection.token(integration)
    for (let times = 0; times < 2; times++) expect(await connection.verify(old)).toMatchObject({ status: 401 })
    connection.close()
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto('/models/integrations')
    const row = page.getByRole('row').filter({ hasText: 'Refused twice' })
    await row.getByTitle('0 requests and 2 tokens were refused in the last 24 hours').getByText('2').waitFor()
    expect(offences).toEqual([])
  })

  test('show tags in the list and at the head of the page, and find an integration by its tag', async () => {
    const { id } = await createIntegration(server, { name: 'Tagged', tags: ['tier-1', 'europe'] })
    await createIntegration(server, { name: 'Without' })
    const { page } = await visit(browser, server, { storageState: owner })
    await page.goto('/models/integrations')
    await page.getByRole('row').filter({ hasText: 'Tagged' }).getByText('europe').waitFor()
    await page.getByLabel('Search integrations').fill('TIER-1')
    await page.getByRole('row').filter({ hasText: 'Without' }).waitFor({ state: 'detached' })
    await page.getByRole('row').filter({ hasText: 'Tagged' }).waitFor()
    await page.goto(`/models/integrations/${id}`)
    await page.getByRole('heading', { level: 1, name: 'Tagged' }).waitFor()
    await page.getByText('tier-1').first().waitFor()
  })

  test('create an API that checks tokens, mark it in the list and on its page, and show the code that connects it', async () => {
    const { page, offences } = await visit(browser, server, { storageState: owner })
    await page.goto('/models/integrations/new')
    await page.getByRole('textbox', { name: 'Name' }).fill('Prediction API')
    await expect.poll(() => page.getByRole('checkbox', { name: PREDICT, exact: true }).isChecked()).toBe(true)
    await page.getByRole('radio', { name: 'Is an API or a gateway' }).check()
    expect(await page.getByRole('checkbox', { name: `Checks tokens of ${PREDICT}` }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Create integration' }).click()
    await page.getByRole('button', { name: 'Open the integration' }).click()
    await page.getByText('API or gateway').waitFor()
    const connect = page.getByRole('region', { name: 'Connect your API' })
    await connect.getByText(`new URL('${server.issuer}')`).waitFor()
    await connect.getByRole('tab', { name: 'nginx' }).click()
    await connect.getByText(`set $required_scope ${PREDICT};`).waitFor()
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByRole('radio', { name: 'Calls APIs' }).check()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Changes saved').waitFor()
    await page.getByText('API or gateway').waitFor({ state: 'detached' })
    expect(offences).toEqual([])
  })

  test('remove the 200 of an earlier check once they show its token as superseded', async () => {
    const { id } = await createIntegration(server, { name: 'Tried', scopes: [PREDICT] })
    const { page } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${id}/try`)
    await page.getByRole('button', { name: 'Request token' }).click()
    const first = page.getByRole('region', { name: 'Token #1', exact: true })
    await first.getByRole('button', { name: 'Call verify with it' }).click()
    await first.getByText('200', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Request another token' }).click()
    await page.getByRole('region', { name: 'Token #2', exact: true }).waitFor()
    await first.getByText('401 superseded').waitFor()
    expect(await first.getByText('200', { exact: true }).count()).toBe(0)
  })

  test('show a visitor without an account the command that helps, with the data folder of this server', async () => {
    const fresh = await startRealServer({ env: { LATCHKEY_DEMO: 'off' } })
    const { page } = await visit(browser, fresh)
    await page.goto('/sign-in')
    await page.getByText('There is no owner yet.').waitFor()
    await page.getByText(/^LATCHKEY_DATA_DIR='.*' .* setup-link$/).waitFor()
    await makeOwner(browser, fresh)
    await page.reload()
    await page.getByText('For a lost password').waitFor()
    await page.getByText(/^LATCHKEY_DATA_DIR='.*' .* operators reset <e-mail>$/).waitFor()
    await page.goto('/set-up')
    await page.getByText('This address has no set-up code').waitFor()
    await page.getByText(/^LATCHKEY_DATA_DIR='.*' .* setup-link$/).waitFor()
  })

  test('announce at most one change to a screen reader in 12 seconds of contention', async () => {
    const integration = await createIntegration(server, { name: 'Contended', scopes: [PREDICT] })
    const connection = new Connection(server)
    for (let times = 0; times < 5; times++) await connection.token(integration)
    const { page } = await visit(browser, server, { storageState: owner })
    await page.goto(`/models/integrations/${integration.id}`)
    await page.getByText('One caller keeps ending its own tokens:').waitFor()
    await page.getByRole('note').getByText('4 times before').waitFor()
    await page.evaluate(RECORD_ANNOUNCEMENTS)
    for (let second = 0; second < 12; second++) {
      for (let times = 0; times < 2; times++) await connection.token(integration)
      await page.waitForTimeout(1000)
    }
    connection.close()
    // The page followed the contention without a reload.
    await page.getByRole('note').getByText('28 times before').waitFor()
    const changes = await page.evaluate<string[]>('announcements')
    expect(changes.length, changes.join('\n')).toBeLessThanOrEqual(1)
  })
})

/** Collects the text of each live region that changes, in a variable of the page. */
const RECORD_ANNOUNCEMENTS = `
  var announcements = []
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target instanceof Element ? target : target.parentElement
      const region = element?.closest('[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]')
      if (region && region.ariaLive !== 'off') announcements.push(region.textContent)
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
`
