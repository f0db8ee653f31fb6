// Every page of the console, in use and empty, without a violation of WCAG 2.2 AA; and a picture of each page for a
// reviewer.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aKeyPair, createKeyed } from '../client-keys.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { faultsOf, type Look } from './axe.ts'
import { setUpLink } from './browser.ts'
import { everyPage, show } from './every-page.ts'
import { sees, type Site, startSite } from './platform-site.ts'
import { type Populated, populate } from './populated.ts'

const PICTURES = join(import.meta.dirname, '../../coverage/screenshots')
/**
 * The themes and widths in which a dialog is checked. A page is checked in more, because it differs more between them.
 */
const DIALOG_LOOKS: readonly Look[] = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 320 },
]
const ONE_LOOK = DIALOG_LOOKS.slice(1)

const pictureOf =
  (page: Page, name: string) =>
  async ({ scheme, width }: Look): Promise<unknown> => {
    // The page scrolls to its top, because fixed elements would otherwise appear in the middle of the picture.
    await page.evaluate('scrollTo(0, 0)')
    return page.screenshot({ path: join(PICTURES, `${name}-${scheme}-${String(width)}.png`), fullPage: true })
  }

describe.skipIf(!has('chromium'))('in a console in use', () => {
  let site: Site
  let made: Populated
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    site = await startSite()
    made = await populate(site)
  })
  afterAll(() => site.close())

  test.each(everyPage('main'))('$name has no violation, and does not scroll sideways', async ({ name, path }) => {
    const { page, offences } = await site.open(path.replace('/main', `/${made.main.id}`))
    expect(await faultsOf(page, undefined, pictureOf(page, name))).toEqual([])
    expect(offences).toEqual([])
  })

  test('no two pages have the same title', async () => {
    const { page } = await site.open('/')
    const titles = []
    for (const { path } of everyPage(made.main.id).filter(({ name }) => name !== 'integrations-no-result')) {
      await show(page, path)
      titles.push(await page.title())
    }
    // Two of the pages may share a title: the page of a deleted record looks like the page of a record that never
    // existed.
    expect(new Set(titles).size).toBeGreaterThanOrEqual(titles.length - 1)
  })

  test.each([
    ['rotate', 'Rotate secret', 'Live tokens stay valid until they end: 2 live tokens.'],
    ['disable', 'Disable', 'Its 2 live tokens stop working at once.'],
  ])('the dialog to %s has no violation', async (name, opener, effect) => {
    const { page } = await site.open(`/models/integrations/${made.main.id}`)
    await page.getByRole('button', { name: opener }).click()
    await page.getByRole('dialog').getByText(effect).waitFor()
    expect(await faultsOf(page, DIALOG_LOOKS, pictureOf(page, name))).toEqual([])
  })

  test('the credentials of an integration with secret and keys have no violation, nor have their dialogs', async () => {
    const { page, offences } = await site.open(`/models/integrations/${made.keyed.id}/authentication`)
    await page.getByRole('button', { name: 'End now: key mailer-2027' }).waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'authentication'))).toEqual([])
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.getByRole('button', { name: 'End now: key mailer-2027' }).click()
    await page.getByRole('checkbox', { name: 'Also revoke live tokens (1)' }).waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'end-key'))).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Add key' }).click()
    const dialog = page.getByRole('dialog')
    const jwk = dialog.getByRole('textbox', { name: 'Public key as a JWK or PEM' })
    const { privateKey, jwk: publicKey } = aKeyPair('P-256')
    await jwk.fill(JSON.stringify(privateKey.export({ format: 'jwk' })))
    await dialog.getByText('That was a private key.').waitFor()
    await dialog.getByText('How to make one').click()
    expect(await faultsOf(page, undefined, pictureOf(page, 'add-key'))).toEqual([])
    await jwk.fill(JSON.stringify({ ...publicKey, kid: 'mailer-2028' }))
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('dialog', { name: 'The key is added' }).waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'key-added'))).toEqual([])
    expect(offences).toEqual([])
  })

  test('an integration with only a key has no violation, before and after the end of the key', async () => {
    const { id } = await createKeyed(site.server, { ...aKeyPair().jwk, kid: 'nightly' })
    const { page } = await site.open('/')
    const name = (path: string, state: string) => `${path === '' ? 'overview' : path.slice(1)}-${state}`
    for (const path of ['', '/authentication', '/quickstart', '/try']) {
      await show(page, `/models/integrations/${id}${path}`)
      expect(await faultsOf(page, undefined, pictureOf(page, name(path, 'key-alone'))), path).toEqual([])
    }
    await page.setViewportSize({ width: 1280, height: 900 })
    await show(page, `/models/integrations/${id}/authentication`)
    await page.getByRole('button', { name: 'Add secret' }).click()
    await page.getByRole('dialog', { name: 'Add a client secret?' }).waitFor()
    expect(await faultsOf(page, DIALOG_LOOKS, pictureOf(page, 'add-secret'))).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'End now: key nightly' }).click()
    await sees(page, /^No other credential works/)
    expect(await faultsOf(page, DIALOG_LOOKS, pictureOf(page, 'end-last-key'))).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click()
    await sees(page, 'No credential works.')
    for (const path of ['', '/authentication']) {
      await show(page, `/models/integrations/${id}${path}`)
      expect(await faultsOf(page, undefined, pictureOf(page, name(path, 'no-credential'))), path).toEqual([])
    }
  })

  test('tokens that were requested on the page have no violation', async () => {
    const { page } = await site.open(`/models/integrations/${made.main.id}/try`)
    await page.getByRole('button', { name: 'Request token' }).click()
    await sees(page, 'It is the live token of its scope.')
    await page.getByRole('button', { name: 'Request another token' }).click()
    await sees(page, 'A newer token was issued for its scope.')
    await page
      .getByRole('region', { name: /^Token #/ })
      .nth(1)
      .waitFor()
    await page.getByRole('button', { name: 'Call verify with it' }).nth(1).click()
    await sees(page, '401 superseded')
    expect(await faultsOf(page, undefined, pictureOf(page, 'try-tokens'))).toEqual([])
  })

  test.each([
    ['/settings/operators', 'Invite operator', 'Viewer: reads everything'],
    ['/settings/operators', 'Change ops@example.org', 'May sign in'],
    ['/settings/operators', 'Remove ops@example.org', '0 sessions end at once'],
    ['/settings/admin-keys', 'Create admin key', 'Which program uses it'],
    ['/platform/scopes-and-apis', 'Create scope', 'As programs request it'],
    ['/platform/scopes-and-apis', `Edit scope ${PREDICT}`, 'Another audience ends'],
    ['/platform/scopes-and-apis', `Delete scope ${PREDICT}`, 'It is in use.'],
    ['/platform/signing-keys', 'Rotate now', '0 tokens end'],
    ['/platform/signing-keys', /^Revoke key/, 'that it signed'],
  ])('the dialog on %s opened by %s has no violation, and returns the focus', async (path, name, content) => {
    const { page } = await site.open(path)
    const opener = page.getByRole('button', { name, exact: typeof name === 'string' })
    await opener.press('Enter')
    await page.getByRole('dialog').getByText(content).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await opener.and(page.locator(':focus')).waitFor()
    // The accessibility check comes last: it narrows the page, and cards then replace the table that holds the button.
    await opener.press('Enter')
    await page.getByRole('dialog').getByText(content).waitFor()
    expect(await faultsOf(page, DIALOG_LOOKS)).toEqual([])
  })

  test('the palette, the menus and the drawer of the navigation have no violation', async () => {
    const { page } = await site.open('/models/integrations')
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search pages and integrations' }).waitFor()
    expect(await faultsOf(page, DIALOG_LOOKS, pictureOf(page, 'palette'))).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await page.getByRole('link', { name: 'Signing keys' }).waitFor()
    expect(await faultsOf(page, [{ scheme: 'dark', width: 320 }], pictureOf(page, 'drawer'))).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out everywhere' }).waitFor()
    expect(await faultsOf(page, DIALOG_LOOKS)).toEqual([])
  })

  test('signing in has no violation', async () => {
    const { page } = await site.open('/sign-in', { storageState: { cookies: [], origins: [] } })
    expect(await faultsOf(page, undefined, pictureOf(page, 'sign-in'))).toEqual([])
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('input[name=email]').fill('owner@example.org')
    await page.locator('input[name=password]').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await sees(page, 'E-mail or password is not right.')
    expect(await faultsOf(page, DIALOG_LOOKS)).toEqual([])
  })
})

describe.skipIf(!has('chromium'))('in an empty console', () => {
  let site: Site
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    site = await startSite()
  })
  afterAll(() => site.close())

  test.each([
    ['integrations', '/models/integrations', 'No integrations yet'],
    ['live-tokens', '/platform/live-tokens', 'No live tokens'],
    ['overview', '/activity/overview', 'Nothing was refused in this time.'],
    ['audit-log', '/activity/audit-log?event=api.deleted', 'Nothing on record fits the filters.'],
  ])('the empty page of %s says what it will show, without a violation', async (name, path, text) => {
    const { page } = await site.open(path)
    await sees(page, text)
    expect(await faultsOf(page, undefined, pictureOf(page, `empty-${name}`))).toEqual([])
  })

  test('the pages of an integration that was never used say that it was never used, without a violation', async () => {
    const { id } = await createIntegration(site.server, { name: 'Never used', scopes: [PREDICT] })
    const { page } = await site.open('/')
    for (const tab of ['', '/activity', '/audit', '/try']) {
      await show(page, `/models/integrations/${id}${tab}`)
      expect(await faultsOf(page), tab).toEqual([])
    }
  })

  test('scopes and APIs that were all deleted leave a page without a violation', async () => {
    const { items } = (await (await site.api('GET', '/scopes')).json()) as {
      items: { name: string; version: number }[]
    }
    for (const { name, version } of items)
      await site.api('DELETE', `/scopes/${name}?force=true`, undefined, { 'if-match': `"v${String(version)}"` })
    const { page } = await site.open('/platform/scopes-and-apis')
    await sees(page, 'No scopes yet')
    expect(await faultsOf(page, undefined, pictureOf(page, 'empty-scopes-and-apis'))).toEqual([])
    await show(page, '/models/integrations/new')
    expect(await faultsOf(page)).toEqual([])
  })

  test('a set-up link that was used before leads to a page without a violation', async () => {
    const { page } = await site.open(new URL(setUpLink(site.server)).pathname)
    expect(await faultsOf(page, undefined, pictureOf(page, 'set-up-used'))).toEqual([])
  })
})

describe.skipIf(!has('chromium'))('a page that could not be loaded', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test.each([
    ['/models/integrations', '**/admin/v1/integrations?*', 'The list could not be loaded', 'No integrations yet'],
    ['/platform/live-tokens', '**/admin/v1/tokens?*', 'The live tokens could not be loaded', 'No live tokens'],
    [
      '/platform/scopes-and-apis',
      '**/admin/v1/apis',
      'The APIs could not be loaded',
      'The use cases that can be called',
    ],
    [
      '/platform/signing-keys',
      '**/admin/v1/keys',
      'The signing keys could not be loaded',
      'No rotation is in progress',
    ],
    ['/activity/overview', '**/admin/v1/overview', 'The overview could not be loaded', 'Signing key age'],
    ['/activity/audit-log', '**/admin/v1/audit?*', 'The audit log could not be loaded', /entry shown|entries shown/],
    ['/settings/operators', '**/admin/v1/operators', 'The operators could not be loaded', 'Your sessions'],
    ['/settings/admin-keys', '**/admin/v1/admin-keys', 'The admin keys could not be loaded', 'Works from'],
    ['/settings/configuration', '**/admin/v1/configuration', 'The configuration could not be loaded', 'Find a setting'],
  ])(
    '%s says what failed, names the request ID, and tries again if the user asks',
    async (path, route, title, whole) => {
      const { page } = await site.open('/')
      const body = { code: 'store_unavailable', detail: 'The store takes no writes.', request_id: 'req_1f2e3d' }
      let isAway = true
      await page.route(route, (request) => (isAway ? request.fulfill({ status: 503, json: body }) : request.continue()))
      await page.goto(path)
      const alert = page.getByRole('alert').filter({ hasText: title })
      await alert.getByText('The server answered 503 (store_unavailable).').waitFor()
      await alert.getByText('req_1f2e3d').waitFor()
      expect(await faultsOf(page, ONE_LOOK)).toEqual([])
      // The fault ends only after the click, because the page also polls by itself, and would remove the button.
      await alert.getByRole('button', { name: 'Try again' }).click()
      isAway = false
      await sees(page, whole)
      expect(await alert.count()).toBe(0)
    },
  )
})
