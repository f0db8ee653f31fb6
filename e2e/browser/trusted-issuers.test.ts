// Settings > Trusted issuers: an issuer is added, its keys are fetched, and it is edited, disabled and deleted.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NewIssuer, NewRule, TrustedIssuer } from 'latchkey/admin-api'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { anIssuer, answers } from '../an-issuer.ts'
import { aKeyPair } from '../client-keys.ts'
import { adminRequest, createIntegration } from '../integrations.ts'
import { faultsOf, type Look, USUAL_LOOKS } from './axe.ts'
import { show } from './every-page.ts'
import { sees, type Site, startSite } from './platform-site.ts'

const LIST = '/settings/trusted-issuers'
const PICTURES = join(import.meta.dirname, '../../coverage/screenshots')

describe.skipIf(!has('chromium'))('the trusted issuers', () => {
  let site: Site
  const { privateKey, jwk } = aKeyPair('P-256')
  const set = JSON.stringify({ keys: [{ ...jwk, kid: 'one' }] })
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    site = await startSite({ LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.0/8' })
  })
  afterAll(() => site.close())

  const pictureOf = (page: Page, name: string) => async (look: Look) => {
    await page.evaluate('scrollTo(0, 0)')
    await page.screenshot({ path: join(PICTURES, `${name}-${look.scheme}-${String(look.width)}.png`), fullPage: true })
  }
  const dialogOf = (page: Page) => page.getByRole('dialog')
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const issuers = async (): Promise<readonly TrustedIssuer[]> => {
    const answer = await site.api('GET', '/issuers')
    return ((await answer.json()) as { items: readonly TrustedIssuer[] }).items
  }
  const trust = async (name: string, more: Partial<NewIssuer> = {}): Promise<TrustedIssuer> => {
    const body: NewIssuer = {
      ...{ name, platform: 'kubernetes', url: `https://${name}.example.org` },
      ...{ keys: { source: 'inline', keys: [{ ...jwk, kid: 'one' }] }, ...more },
    }
    const answer = await site.api('POST', '/issuers', body)
    if (answer.status !== 201) throw new Error(await answer.text())
    return (await answer.json()) as TrustedIssuer
  }
  /** Adds a rule to the integration. Returns its id. */
  const addRule = async (integrationId: string, issuer: string, subject: string): Promise<string> => {
    const rule: NewRule = { kind: 'trust', issuer, claims: [{ claim: ['sub'], equals: subject }] }
    const answer = await adminRequest(site.server, 'POST', `/${integrationId}/credentials`, JSON.stringify(rule))
    return ((await answer.json()) as { id: string }).id
  }
  const choose = async (page: Page, label: string, option: string) => {
    await dialogOf(page)
      .getByRole('combobox', { name: label })
      .or(dialogOf(page).getByRole('textbox', { name: label }))
      .first()
      .click()
    await page.getByRole('option', { name: option }).click()
  }

  test('are added with pasted keys: the form names a missing value, and does not send a private key', async () => {
    const { page, offences } = await site.open(LIST)
    const sent: Request[] = []
    page.on('request', (request) => request.method() !== 'GET' && sent.push(request))
    await press(page, 'Add issuer')
    const dialog = dialogOf(page)
    await dialog.getByRole('button', { name: 'Add issuer' }).click()
    await dialog.getByText('1 to 40 characters of a-z, 0-9 and -.').waitFor()
    expect(await page.evaluate<string>('document.activeElement.placeholder')).toBe('prod-cluster')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('pasted')
    await choose(page, 'Platform', 'SPIFFE')
    await dialog.getByRole('textbox', { name: 'Trust domain' }).fill('spiffe://pasted.example.org')
    expect(await dialog.getByText('Discovery', { exact: true }).count()).toBe(0)
    await dialog.getByText('Pasted keys', { exact: true }).click()
    const field = dialog.getByRole('textbox', { name: 'Public keys' })
    await field.fill(JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] }))
    await dialog.getByText('That was a private key. It was not sent').waitFor()
    expect(await field.inputValue()).toBe('')
    await dialog.getByRole('button', { name: 'Add issuer' }).click()
    expect(sent.map((request) => request.url())).toEqual([])
    await field.fill(JSON.stringify({ keys: [{ ...jwk, kid: 'one', use: 'jwt-svid' }] }))
    await dialog.getByRole('button', { name: 'Add issuer' }).click()

    await page.getByRole('heading', { level: 1, name: 'pasted' }).waitFor()
    await sees(page, 'spiffe://pasted.example.org')
    await sees(page, 'No trust rule names it. Add one on the tab Authentication of an integration.')
    expect(await page.getByRole('button', { name: 'Fetch keys now' }).count()).toBe(0)
    expect(await issuers()).toMatchObject([{ name: 'pasted', platform: 'spiffe', keys: { source: 'inline' } }])
    expect(offences).toEqual([])
  })

  test('show the refusal of the server at the field with the refused value', async () => {
    await trust('taken')
    const { page } = await site.open(LIST)
    await press(page, 'Add issuer')
    const dialog = dialogOf(page)
    await dialog.getByRole('textbox', { name: 'Name' }).fill('own')
    await dialog.getByRole('textbox', { name: 'URL of the issuer' }).fill('https://user@example.org')
    await dialog.getByRole('button', { name: 'Add issuer' }).click()
    await dialog.getByText('must be https:// with a host', { exact: false }).first().waitFor()
    await dialog.getByRole('textbox', { name: 'URL of the issuer' }).fill('https://taken.example.org')
    await dialog.getByRole('button', { name: 'Add issuer' }).click()
    await dialog.getByText('A trusted issuer has this URL already.').waitFor()
    expect((await issuers()).filter(({ name }) => name === 'own')).toEqual([])
  })

  test.skipIf(!has('openssl'))('have keys that can be fetched now, and say in words why a fetch failed', async () => {
    const issuer = await anIssuer()
    let isBroken = false
    answers(issuer, (_request, response) => {
      response.writeHead(isBroken ? 500 : 200, { 'content-type': 'application/json' })
      response.end(set)
    })
    const keys = { source: 'jwks_uri', uri: `${issuer.url}/keys` } as const
    const { id } = await trust('fetched', { url: issuer.url, keys, tls_ca: issuer.ca })
    const { page, offences } = await site.open(LIST)
    const row = page.getByRole('row').filter({ hasText: 'fetched' })
    await row.getByText('JWKS URI').waitFor()
    await row.getByRole('link', { name: 'fetched' }).click()
    await press(page, 'Fetch keys now')
    await page.getByRole('status').filter({ hasText: 'Fetched: 1 key' }).waitFor({ state: 'attached' })
    await page.getByText('one', { exact: true }).waitFor()
    await page.getByText('Fresh until').waitFor()
    isBroken = true
    await press(page, 'Fetch keys now')
    await sees(page, 'The host answered with another status than 200.')
    await page.getByText('status_unusable').waitFor()
    expect(await faultsOf(page, USUAL_LOOKS, pictureOf(page, 'issuer-failed'))).toEqual([])
    isBroken = false
    await page.setViewportSize({ width: 1280, height: 900 })
    await press(page, 'Fetch keys now')
    await page.getByText('The host answered with another status').waitFor({ state: 'detached' })
    expect((await issuers()).find((one) => one.id === id)?.key_state).toMatchObject({ kids: ['one'], last_error: null })
    expect(offences).toEqual([])
  })

  test('are disabled after the dialog counts the affected rules, and cannot be deleted while a rule names them', async () => {
    const { id } = await trust('used')
    const [one, other] = [
      await createIntegration(site.server, { name: 'Payments' }),
      await createIntegration(site.server, { name: 'Mailer' }),
    ]
    const rules = [await addRule(one.id, 'used', 'a'), await addRule(one.id, 'used', 'b')]
    const last = await addRule(other.id, 'used', 'c')
    const { page, offences } = await site.open(LIST)
    await page.getByRole('row').filter({ hasText: 'used' }).getByText('2 integrations, 3 trust rules').waitFor()
    await show(page, `${LIST}/${id}`)
    await press(page, 'Delete')
    await dialogOf(page).getByText('3 trust rules of 2 integrations name it, so it cannot be deleted.').waitFor()
    expect(await dialogOf(page).getByRole('button', { name: 'Delete issuer' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await press(page, 'Disable')
    await dialogOf(page)
      .getByText('3 trust rules of 2 integrations authenticate no program until you enable it again.')
      .waitFor()
    await dialogOf(page).getByRole('button', { name: 'Disable' }).click()
    await page.getByText('Disabled', { exact: true }).waitFor()
    expect((await issuers()).find((issuer) => issuer.id === id)?.enabled).toBe(false)

    await page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'Payments' }).click()
    const row = page.getByRole('row').filter({ hasText: 'sub = a' })
    await row.getByText('Issuer disabled').waitFor()
    await row.getByRole('link', { name: 'used' }).click()
    await press(page, 'Enable')
    await dialogOf(page).getByText('3 trust rules of 2 integrations authenticate programs again.').waitFor()
    await dialogOf(page).getByRole('button', { name: 'Enable' }).click()
    await page.getByText('Enabled', { exact: true }).waitFor()

    for (const [integrationId, rule] of [...rules.map((each) => [one.id, each] as const), [other.id, last] as const])
      await adminRequest(site.server, 'POST', `/${integrationId}/credentials/${rule}/end`)
    await sees(page, 'No trust rule names it. Add one on the tab Authentication of an integration.')
    await press(page, 'Delete')
    await dialogOf(page).getByText('No trust rule names it, so no program loses its proof.').waitFor()
    await dialogOf(page).getByRole('button', { name: 'Delete issuer' }).click()
    await page.getByRole('heading', { level: 1, name: 'Trusted issuers' }).waitFor()
    expect((await issuers()).some((issuer) => issuer.id === id)).toBe(false)
    expect(offences).toEqual([])
  })

  test('are edited, and a change that another operator made since is not overwritten', async () => {
    const { id, version } = await trust('edited')
    const { page, offences } = await site.open(`${LIST}/${id}`)
    await press(page, 'Edit')
    const dialog = dialogOf(page)
    await dialog.getByText('More settings').click()
    await dialog.getByRole('textbox', { name: 'Audience' }).fill('api://mine')
    const changed = await site.api(
      'PATCH',
      `/issuers/${id}`,
      { audience: 'api://theirs' },
      { 'if-match': `"v${version}"` },
    )
    expect(changed.status).toBe(200)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Somebody else changed this in the meantime.').waitFor()
    expect((await issuers()).find((issuer) => issuer.id === id)?.audience).toBe('api://theirs')
    await dialog.getByRole('button', { name: 'Show what it is now' }).click()
    await dialog.getByRole('textbox', { name: 'Audience' }).fill('api://ours')
    await dialog.getByRole('checkbox', { name: 'PS256' }).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('api://ours').waitFor()
    expect((await issuers()).find((issuer) => issuer.id === id)).toMatchObject({
      ...{ audience: 'api://ours', algorithms: ['RS256', 'PS256', 'ES256'], version: version + 2 },
      keys: { source: 'inline', keys: [{ kid: 'one' }] },
    })
    expect(offences).toEqual([])
  })

  test('are shown to a viewer without a control that changes them', async () => {
    const { id } = await trust('seen')
    const { page } = await site.open(LIST, { storageState: await site.viewer() })
    await page.getByRole('row').filter({ hasText: 'seen' }).getByText('Enabled').waitFor()
    await sees(page, 'You can view trusted issuers. Only an owner can change them.')
    await show(page, `${LIST}/${id}`)
    for (const name of [/Add issuer/, /^Edit/, /Disable/, /Delete/, /Fetch/])
      expect(await page.getByRole('button', { name }).count(), String(name)).toBe(0)
    await show(page, `${LIST}/iss_00000000000000000000000000000000`)
    await page.getByRole('heading', { level: 1, name: 'There is no such trusted issuer' }).waitFor()
  })

  test('have pages and dialogs without a violation', async () => {
    const { id } = await trust('looked-at')
    const { id: integrationId } = await createIntegration(site.server, { name: 'Looks' })
    await addRule(integrationId, 'looked-at', 'a')
    const { page, offences } = await site.open(LIST)
    expect(await faultsOf(page, USUAL_LOOKS, pictureOf(page, 'issuers'))).toEqual([])
    await page.setViewportSize({ width: 1280, height: 900 })
    await press(page, 'Add issuer')
    const dialog = dialogOf(page)
    await dialog.getByText('Pasted keys', { exact: true }).click()
    await dialog.getByText('More settings').click()
    await dialog.getByRole('button', { name: 'Add issuer' }).click()
    await dialog.getByText('1 to 40 characters of a-z, 0-9 and -.').waitFor()
    expect(await faultsOf(page, USUAL_LOOKS, pictureOf(page, 'add-issuer'))).toEqual([])
    await page.keyboard.press('Escape')
    await show(page, `${LIST}/${id}`)
    expect(await faultsOf(page, USUAL_LOOKS, pictureOf(page, 'issuer'))).toEqual([])
    await page.setViewportSize({ width: 1280, height: 900 })
    for (const [opener, text] of [
      ['Edit', 'URL and platform cannot be changed.'],
      ['Disable', '1 trust rule of 1 integration authenticates no program'],
      ['Delete', '1 trust rule of 1 integration names it'],
    ] as const) {
      await press(page, opener)
      await dialog.getByText(text).waitFor()
      expect(await faultsOf(page, USUAL_LOOKS, pictureOf(page, `issuer-${opener.toLowerCase()}`)), opener).toEqual([])
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      expect(await page.evaluate<string>('document.activeElement.textContent')).toBe(opener)
    }
    expect(offences).toEqual([])
  })
})
