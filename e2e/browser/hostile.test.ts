// Markup and scripts in every field that takes text: the console shows them as plain text.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { addKey, aKeyPair } from '../client-keys.ts'
import { createIntegration } from '../integrations.ts'
import { everyPage, show } from './every-page.ts'
import { sees, type Site, startSite } from './platform-site.ts'

const MARKUP = `"'><img src=x onerror=alert(1)><script>alert(2)</script>`
/** The name of a scope: markup without the characters that these fields reject. */
const SCOPE = '<img/src=x/onerror=alert(3)>'
/** A key ID that is short enough to be shown whole. */
const KEY_ID = '<img src=x onload=x()>'
/** A path of the characters that a URL may contain. No route accepts other characters. */
const PATH = "/javascript:alert(4)/(';-alert(4)-')/**"

describe.skipIf(!has('chromium'))('hostile text', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test('in every field is inert on every page', async () => {
    const made = async (path: string, body: object) => {
      const response = await site.api('POST', path, body)
      expect(response.status, `${path}: ${await response.clone().text()}`).toBe(201)
    }
    await made('/scopes', { name: SCOPE, description: MARKUP, audience: 'api://<b>' })
    await made('/apis', { name: MARKUP, description: MARKUP, scope: SCOPE, routes: [PATH] })
    await made('/admin-keys', { name: MARKUP, role: 'viewer' })
    await made('/operators', { email: '<img/src=x/onerror=alert(5)>@example.org', role: 'viewer' })
    const integration = await createIntegration(site.server, {
      name: MARKUP,
      description: MARKUP,
      tags: ['<img src=x onerror=alert(6)>'],
      scopes: [SCOPE],
    })
    for (const agent of [MARKUP, 'javascript:alert(7)', MARKUP, 'javascript:alert(7)', MARKUP, 'javascript:alert(7)'])
      await site.requestToken(integration, SCOPE, agent)
    await addKey(site.server, integration.id, { ...aKeyPair().jwk, kid: KEY_ID })
    const { page, offences } = await site.open('/')
    const inert = async (path: string) => {
      await show(page, path)
      expect(await page.locator('img[src=x], main script, svg[onload]').count(), path).toBe(0)
    }
    for (const { path } of everyPage(integration.id)) await inert(path)
    await inert(`/models/integrations/${integration.id}`)
    await page.getByRole('button', { name: 'Show callers and cures' }).click()
    await sees(page, `Callers for ${SCOPE}`)
    await page.getByText(`127.0.0.1 (${MARKUP}) with secret`).filter({ hasText: ': 3 requests' }).waitFor()
    await inert(`/models/integrations/${integration.id}/activity`)
    await page.getByText(`B: 127.0.0.1 (${MARKUP})`).waitFor()
    await page.getByRole('button', { name: 'View as table' }).first().click()
    await page
      .getByRole('cell', { name: `127.0.0.1 (${MARKUP}) with secret` })
      .nth(2)
      .waitFor()
    await inert(`/models/integrations/${integration.id}/authentication`)
    await page.getByRole('button', { name: `End now: key ${KEY_ID}` }).click()
    await page.getByRole('dialog', { name: `End the key ${KEY_ID} now?` }).waitFor()
    await page.keyboard.press('Escape')
    await inert(`/models/integrations/${integration.id}/quickstart`)
    await page.getByText('Key or platform', { exact: true }).click()
    await page.getByRole('region', { name: 'Terminal example' }).getByText(KEY_ID).waitFor()
    await inert('/platform/live-tokens')
    await page.getByRole('button', { name: `Revoke the live token of ${MARKUP} for ${SCOPE}` }).click()
    await page.getByRole('dialog').getByText('1 live token of 1 integration').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search pages and integrations' }).fill('<img')
    await page.getByRole('dialog').getByRole('button', { name: MARKUP }).waitFor()
    await inert(`/models/integrations?search=${encodeURIComponent(SCOPE)}`)
    await sees(page, `No integration matches “${SCOPE}”.`)
    await page.goto(`/sign-in?next=${encodeURIComponent('javascript:alert(8)')}`)
    await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
    expect(offences).toEqual([])
  })
})
