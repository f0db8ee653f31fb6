// The pages under Platform, Activity and Settings in a real browser, against a real server: each action with its
// effect.
import { readFile } from 'node:fs/promises'
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, MODEL, PREDICT } from '../integrations.ts'
import { hold } from './browser.ts'
import { complete, SHOWN_MS } from './complete.ts'
import { show } from './every-page.ts'
import { HOSTILE, PAGES, sees, type Site, startSite } from './platform-site.ts'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = (page: Page) => page.getByRole('dialog')

/** A server that has just started has measured one minute, so its plots have no second value for an arrow key. */
async function withAMinuteBefore(route: Route): Promise<void> {
  const response = await route.fetch()
  const overview = (await response.json()) as { minutes: { at: string }[] }
  const at = new Date(Date.parse(overview.minutes[0]?.at ?? '') - 60_000).toISOString().replace('.000', '')
  const minutes = [{ ...overview.minutes[0], at }, ...overview.minutes]
  await route.fulfill({ response, json: { ...overview, minutes } })
}

/**
 * Changes the answer for the overview: two tokens in each of the last 45 minutes, and a killed server that counted the
 * minutes before them.
 */
async function withAnHourSinceARestart(route: Route): Promise<void> {
  const response = await route.fetch()
  const overview = (await response.json()) as { minutes: { at: string }[] }
  const [last] = overview.minutes.slice(-1)
  const atMinute = (n: number): string =>
    new Date(Date.parse(last?.at ?? '') - (44 - n) * 60_000).toISOString().replace('.000', '')
  const minutes = Array.from({ length: 45 }, (_, n) => ({ ...last, at: atMinute(n), issued: 2, shared: 0, reused: 0 }))
  const start = { since: atMinute(0), restarted_at: atMinute(0), incomplete_before: atMinute(0) }
  await route.fulfill({ response, json: { ...overview, ...start, minutes } })
}

describe.skipIf(!has('chromium'))('the pages other than Models', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test('a live token appears while the page is open, and a revoked token is refused from the next request on', async () => {
    const { page, offences } = await site.open('/platform/live-tokens')
    const integration = await createIntegration(site.server, { name: 'Billing sync' })
    const token = await site.requestToken(integration, PREDICT)
    const kept = await site.requestToken(integration, MODEL)
    await sees(page, '2 of 2 live tokens')
    await button(page, `Revoke the live token of Billing sync for ${PREDICT}`).click()
    await dialog(page).getByText('1 live token of 1 integration stops working at once.').waitFor()
    expect(await site.verify(token, PREDICT)).toBe(200)
    await dialog(page).getByRole('button', { name: 'Revoke 1 token' }).click()
    await sees(page, '1 of 1 live token')
    expect(await site.verify(token, PREDICT)).toBe(401)
    expect(await site.verify(kept, MODEL)).toBe(200)
    expect(offences).toEqual([])
  })

  test('several live tokens are filtered, chosen and revoked together', async () => {
    const one = await createIntegration(site.server, { name: 'Nightly export' })
    const other = await createIntegration(site.server, { name: HOSTILE })
    const tokens = [await site.requestToken(one, PREDICT), await site.requestToken(other, PREDICT)]
    const { page, offences } = await site.open('/platform/live-tokens')
    await page.getByLabel('Filter live tokens').fill(PREDICT)
    await sees(page, '2 of 3 live tokens')
    await page.getByLabel('Select all shown').check()
    await button(page, 'Revoke 2 tokens').click()
    await dialog(page).getByText('2 live tokens of 2 integrations stop working at once.').waitFor()
    await dialog(page).getByRole('button', { name: 'Revoke 2 tokens' }).click()
    await sees(page, '2 live tokens revoked')
    expect(await Promise.all(tokens.map((token) => site.verify(token, PREDICT)))).toEqual([401, 401])
    expect(await page.title()).toBe('Live tokens · Latchkey')
    expect(offences).toEqual([])
  })

  test('a scope is created, and a change that another operator made since is not overwritten', async () => {
    const { page, offences } = await site.open('/platform/scopes-and-apis')
    await button(page, 'Create scope').click()
    await dialog(page).getByLabel('Name').fill('two words')
    await dialog(page).getByRole('button', { name: 'Create scope' }).click()
    await dialog(page).getByText('Give a name without spaces').waitFor()
    await dialog(page).getByLabel('Name').fill('reports.read')
    await dialog(page).getByRole('button', { name: 'Create scope' }).click()
    await button(page, 'Edit scope reports.read').click()
    await dialog(page).getByLabel('Description').fill('Mine')
    await complete(page)
    const scopes = await hold(page, '**/admin/v1/scopes')
    const others = await site.api('PATCH', '/scopes/reports.read', { description: 'Theirs' }, { 'if-match': '"v1"' })
    expect(others.status).toBe(200)
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Somebody else changed this in the meantime').waitFor()
    const reload = dialog(page).getByRole('button', { name: 'Show what it is now' })
    expect(await reload.isDisabled(), 'before the page has read it').toBe(true)
    scopes.release()
    await reload.click()
    const description = dialog(page).getByLabel('Description')
    await expect.poll(() => description.inputValue(), { timeout: SHOWN_MS }).toBe('Theirs')
    await dialog(page).getByLabel('Description').fill('Both')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    expect(await (await site.api('GET', '/scopes/reports.read')).json()).toMatchObject({
      description: 'Both',
      version: 3,
    })
    expect(offences).toEqual([])
  })

  test('a scope in use is deleted only after its name is typed, together with the tokens that the dialog announced', async () => {
    await site.api('POST', '/scopes', { name: 'invoices.read' })
    await site.api('POST', '/apis', { name: 'Invoices API', scope: 'invoices.read', routes: ['/invoices/**'] })
    const integration = await createIntegration(site.server, { name: 'Invoice printer', scopes: ['invoices.read'] })
    const { page, offences } = await site.open('/platform/scopes-and-apis')
    const token = await site.requestToken(integration, 'invoices.read')
    await button(page, 'Delete scope invoices.read').click()
    for (const effect of [
      '1 integration loses the scope',
      '1 live token ends at once',
      '1 API goes with it: Invoices API',
    ])
      await dialog(page).getByText(effect).waitFor()
    const verb = dialog(page).getByRole('button', { name: 'End all of it and delete' })
    expect(await verb.isDisabled()).toBe(true)
    await dialog(page).getByLabel('Type the name of the scope to confirm').fill('invoices.read')
    await verb.click()
    await dialog(page).waitFor({ state: 'hidden' })
    expect((await site.api('GET', '/scopes/invoices.read')).status).toBe(404)
    expect(await site.verify(token, 'invoices.read')).not.toBe(200)
    expect(offences).toEqual([])
  })

  test('an API is created, changed and deleted, and its scope stays', async () => {
    const { page, offences } = await site.open('/platform/scopes-and-apis')
    await button(page, 'Create API').click()
    await dialog(page).getByLabel('Name').fill('Images API')
    await dialog(page).getByRole('combobox', { name: 'Scope that it asks for' }).click()
    await page.getByRole('option', { name: PREDICT }).click()
    await dialog(page).getByLabel('Routes').fill('/images/**\n/thumbnails/**')
    await dialog(page).getByRole('button', { name: 'Create API' }).click()
    await button(page, 'Edit API Images API').click()
    await dialog(page).getByLabel('Routes').fill('/images/**')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).waitFor({ state: 'hidden' })
    await button(page, 'Delete API Images API').click()
    await dialog(page).getByText('Its entry with 1 route goes.').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete API' }).click()
    await button(page, 'Delete API Images API').waitFor({ state: 'detached' })
    expect((await site.api('GET', `/scopes/${PREDICT}`)).status).toBe(200)
    expect(offences).toEqual([])
  })

  test('a rotation of the signing key is followed step by step, and no token ends', async () => {
    const integration = await createIntegration(site.server, { name: 'Rotation watcher' })
    const token = await site.requestToken(integration, PREDICT)
    const { page, offences } = await site.open('/platform/signing-keys')
    await button(page, 'Rotate now').click()
    await dialog(page)
      .getByText(/0 tokens end: \d+ live tokens? stays? valid/)
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Rotate signing key' }).click()
    await page.getByRole('timer').getByText('The new key signs in').waitFor()
    await page.getByRole('timer').getByText('The old key leaves in').waitFor({ timeout: 20_000 })
    expect(await site.verify(token, PREDICT)).toBe(200)
    expect(offences).toEqual([])
  })

  test('a signing key is revoked in an emergency once the word is typed, and its tokens are refused', async () => {
    const integration = await createIntegration(site.server, { name: 'Emergency' })
    const token = await site.requestToken(integration, PREDICT)
    const { page, offences } = await site.open('/platform/signing-keys')
    const row = page.getByRole('row').filter({ has: page.getByRole('cell', { name: 'Signing', exact: true }) })
    await row.getByRole('button', { name: 'Revoke key' }).click()
    await dialog(page)
      .getByText(/\d+ live tokens? that it signed stops? working at once/)
      .waitFor()
    const verb = dialog(page).getByRole('button', { name: 'Revoke signing key' })
    expect(await verb.isDisabled()).toBe(true)
    await dialog(page).getByLabel('Type revoke to confirm').fill('revoke')
    await verb.click()
    await sees(page, /The key is revoked\. \d+ live tokens? ended\./)
    expect(await site.verify(token, PREDICT)).toBe(401)
    expect(offences).toEqual([])
  })

  test.each([
    ['/settings/operators', 'Operators', 'Change owner@example.org'],
    ['/platform/signing-keys', 'Keys', /^Revoke key/],
    ['/settings/admin-keys', 'Admin keys', /^Revoke /],
    ['/platform/scopes-and-apis', 'Scopes', /^Edit scope/],
    ['/platform/scopes-and-apis', 'APIs', /^Edit API/],
  ])('%s shows cards on a phone, with their actions', async (path, list, action) => {
    const { page, offences } = await site.open(path, { viewport: { width: 390, height: 844 } })
    const card = page.getByRole('list', { name: list, exact: true }).getByRole('listitem').first()
    const button = card.getByRole('button', { name: action })
    const box = await button.boundingBox()
    expect(box && box.x >= 0 && box.x + box.width <= 390).toBe(true)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await button.click()
    await page.getByRole('dialog').waitFor()
    expect(offences).toEqual([])
  })

  test('the audit log shows events in words, takes its filters from the URL, checks its chain and can be exported', async () => {
    for (const name of ['Beside it', 'Audited']) await createIntegration(site.server, { name })
    const { page, offences } = await site.open('/activity/audit-log')
    await sees(page, 'created the integration Audited')
    const made = page.getByRole('row').filter({ hasText: 'created the integration Audited' })
    await made.getByRole('button', { name: /^Details of entry/ }).click()
    await button(page, 'Show only changes of Audited').click()
    await sees(page, '1 entry shown')
    expect(page.url()).toContain('target=int_')
    await page.reload()
    await sees(page, '1 entry shown')
    await button(page, 'Verify the chain').click()
    await sees(page, /^Chain verified to entry \d+$/)
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export JSONL').click()])
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ event: 'integration.created' }])
    await page.goBack()
    await sees(page, 'created the integration Beside it')
    expect(offences).toEqual([])
  })

  test('the filter of the audit log finds an integration that is not among the first hundred', async () => {
    const before = (await (await site.api('GET', '/integrations?limit=1')).json()) as { counts: { all: number } }
    for (let made = before.counts.all; made <= 100; made += 1)
      await createIntegration(site.server, { name: `Aardvark ${String(made)}` })
    await createIntegration(site.server, { name: 'Zebra' })
    const { page, offences } = await site.open('/activity/audit-log')
    const field = page.getByRole('combobox', { name: 'Integration' })
    await field.fill('zebr')
    await page.getByRole('option', { name: 'Zebra' }).click()
    await sees(page, '1 entry shown')
    await sees(page, 'created the integration Zebra')
    await page.reload()
    await sees(page, '1 entry shown')
    await expect.poll(() => field.inputValue()).toBe('Zebra')
    expect(offences).toEqual([])
  })

  test('the filter of the audit log names events in words, and finds them by the name in the admin API too', async () => {
    await createIntegration(site.server, { name: 'Created to be found' })
    const { page } = await site.open('/activity/audit-log')
    const field = page.getByRole('combobox', { name: 'Event' })
    await field.fill('integration.cre')
    await page.getByRole('option', { name: 'Integration created' }).click()
    await sees(page, 'created the integration Created to be found')
    expect(new URL(page.url()).searchParams.get('event')).toBe('integration.created')
  })

  test('the audit log keeps refusals apart from changes, with their reason and a link to the integration', async () => {
    const { id, clientId } = await createIntegration(site.server, { name: 'Turned away' })
    const basic = `Basic ${btoa(`${clientId}:wrong`)}`
    await site.requestToken({ id, clientId, basic } as Parameters<Site['requestToken']>[0], PREDICT)
    const { page, offences } = await site.open('/activity/audit-log')
    await sees(page, 'created the integration Turned away')
    expect(await page.getByText('refused a request').count()).toBe(0)
    await page.getByText('Refusals', { exact: true }).click()
    const refusal = page
      .getByRole('row')
      .filter({ hasText: 'refused a request of Turned away: the client secret is wrong' })
    // Refusals are written every ten seconds.
    await refusal.waitFor({ timeout: 30_000 })
    await refusal.getByRole('link', { name: 'Turned away' }).click()
    await page.getByRole('heading', { level: 1, name: 'Turned away' }).waitFor()
    expect(offences).toEqual([])
  })

  test('the audit log opens even if the filters in its URL have unknown values', async () => {
    const { page, offences } = await site.open('/activity/audit-log?from=yesterday&to=5&event=&actor=')
    await sees(page, /entries shown$/)
    expect(offences).toEqual([])
  })

  test('the plots of the overview are read by arrow keys and as tables', async () => {
    await site.requestToken(await createIntegration(site.server, { name: 'Plotted' }), PREDICT)
    const { page, offences } = await site.open('/models/integrations')
    await page.route('**/admin/v1/overview', withAMinuteBefore)
    await page.goto('/activity/overview')
    const figure = page.getByRole('figure', { name: 'Tokens by result, per minute' })
    const reading = figure.getByRole('status').filter({ hasText: /UTC.*Issued \d+.*Shared 0/ })
    const minute = async () => /\d\d:\d\d UTC/.exec((await reading.textContent()) ?? '')?.[0] ?? ''
    const last = await minute()
    await figure.getByRole('group').press('ArrowLeft')
    await expect.poll(minute, { timeout: SHOWN_MS }).not.toBe(last)
    await figure.getByRole('group').press('ArrowRight')
    await expect.poll(minute, { timeout: SHOWN_MS }).toBe(last)
    await figure.getByRole('button', { name: 'View as table' }).click()
    await page.getByRole('table', { name: 'Tokens by result, per minute' }).waitFor()
    await button(page, 'Pause').click()
    await sees(page, 'Paused: the numbers do not change until you resume.')
    expect(offences).toEqual([])
  })

  test('after a restart the overview says since when its numbers count, and a chart is zoomed by keys and by dragging', async () => {
    const { page, offences } = await site.open('/models/integrations')
    await page.route('**/admin/v1/overview', withAnHourSinceARestart)
    await page.goto('/activity/overview')
    // Shortly after midnight the restart was yesterday, so the console shows its day too.
    await sees(page, /^Up to a minute of counts before (\d+ \w+, )?\d\d:\d\d UTC may be missing/)
    expect(await page.getByText(/^since (\d+ \w+, )?\d\d:\d\d UTC \(restart\)$/).count()).toBeGreaterThan(1)
    const figure = page.getByRole('figure', { name: 'Tokens by result, per minute' })
    const plot = figure.getByRole('group')
    await figure.getByText('Issued 90').waitFor()
    await plot.press('+')
    await figure.getByText('Issued 46').waitFor()
    await plot.press('Escape')
    await figure.getByText('Issued 90').waitFor()
    const box = await plot.locator('.u-over').boundingBox()
    if (box === null) throw new Error('the plot is not drawn')
    await page.mouse.move(box.x + box.width * 0.6, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 5 })
    await page.mouse.up()
    await figure.getByText('Issued 90').waitFor({ state: 'detached' })
    await figure.getByRole('button', { name: 'Reset zoom' }).click()
    await figure.getByText('Issued 90').waitFor()
    expect(offences).toEqual([])
  })

  test('an admin key is shown once, works, and is refused once it is revoked', async () => {
    const { page, offences } = await site.open('/settings/admin-keys')
    await button(page, 'Create admin key').click()
    await dialog(page).getByRole('button', { name: 'Create admin key' }).click()
    await dialog(page).getByText('Give the key a name').waitFor()
    await dialog(page).getByLabel('Name').fill('Deployment pipeline')
    await dialog(page).getByRole('button', { name: 'Create admin key' }).click()
    const key = (await page.getByText(/^lka_/).textContent()) ?? ''
    const use = async () =>
      (await fetch(`${site.server.adminUrl}/admin/v1/scopes`, { headers: { authorization: `Bearer ${key}` } })).status
    expect(await use()).toBe(200)
    expect(await button(page, 'Done').isDisabled()).toBe(true)
    await page.getByLabel('I have stored the key').check()
    await button(page, 'Done').click()
    await page.getByText(key).waitFor({ state: 'detached' })
    await button(page, 'Revoke Deployment pipeline').click()
    await dialog(page).getByText('This ends 1 admin key').waitFor()
    await dialog(page).getByRole('button', { name: 'Revoke admin key' }).click()
    await sees(page, 'Deployment pipeline is revoked')
    expect(await use()).toBe(401)
    expect(offences).toEqual([])
  })

  test('a viewer sees every page but admin keys, sees no control that changes anything, and a forced change is refused', async () => {
    const storageState = await site.viewer()
    const { page, offences } = await site.open('/models/integrations', { storageState })
    for (const [path, title] of PAGES) {
      await show(page, path)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      const changing = /Create|Edit|Delete|Revoke|Rotate|Invite|Change|New link|Remove|^Select/
      expect(await button(page, changing).count(), path).toBe(0)
      expect(await page.getByRole('checkbox', { name: changing }).count(), path).toBe(0)
    }
    await sees(page, 'Your role may not see this page')
    expect(await page.getByRole('link', { name: 'Admin keys' }).count()).toBe(0)
    const headers = { origin: site.server.adminUrl, 'x-latchkey-console': '1' }
    expect((await page.context().request.post('/admin/v1/keys/rotate', { headers })).status()).toBe(403)
    expect(offences).toEqual([])
  })
})
