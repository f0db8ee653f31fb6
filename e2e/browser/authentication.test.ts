// The tab Authentication of an integration: keys next to secrets, and integrations that have only a key.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { addKey, aKeyPair, createKeyed, requestByKey } from '../client-keys.ts'
import { aShell } from '../documentation/shell.ts'
import { adminRequest, createIntegration, PREDICT } from '../integrations.ts'
import { PROGRAM } from '../run-cli.ts'
import { copied } from './browser.ts'
import { show } from './every-page.ts'
import { sees, type Site, startSite } from './platform-site.ts'

/**
 * The longest wait for a last use: the server writes it within ten seconds, and the page reads it every ten seconds.
 */
const USE_MS = 25_000

describe.skipIf(!has('chromium'))('the tab Authentication', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  const tabOf = (id: string): string => `/models/integrations/${id}/authentication`
  const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
  const field = (page: Page) => page.getByRole('textbox', { name: 'Public key as a JWK or PEM' })
  const keysOf = async (id: string): Promise<readonly unknown[]> => {
    const answer = await adminRequest(site.server, 'GET', `/${id}/credentials`)
    return ((await answer.json()) as { items: readonly unknown[] }).items
  }

  test.skipIf(!has('openssl'))(
    'adds a key that was made with the shown commands, and the next command gets a token',
    async () => {
      const { id, clientId } = await createIntegration(site.server, { name: 'Moves to a key' })
      const folder = join(site.server.dataDir, 'program')
      mkdirSync(folder)
      const shell = aShell({ cwd: folder })
      const { page, offences } = await site.open(tabOf(id))
      await page.getByRole('button', { name: 'Add key' }).click()
      const dialog = page.getByRole('dialog', { name: 'Add a key' })
      await dialog.getByText('How to make one').click()
      const what = 'commands that make a key pair'
      const commands = await copied(page, what, () => dialog.getByRole('button', { name: `Copy ${what}` }).click())
      const { stdout: pem } = await shell.run(commands)
      expect(pem).toContain('BEGIN PUBLIC KEY')
      await field(page).fill(pem)
      await dialog.getByText('Ed25519 key, for EdDSA. Key ID: its thumbprint.').waitFor()
      await dialog.getByRole('button', { name: 'Add key' }).click()

      const added = page.getByRole('dialog', { name: 'The key is added' })
      await added.getByText('The client secret still works.').waitFor()
      const command = await copied(page, 'Terminal example', () =>
        added.getByRole('button', { name: 'Copy Terminal example' }).click(),
      )
      await added.getByRole('button', { name: 'Done' }).click()
      const key = rowOf(page, 'Key · EdDSA')
      await key.getByText('Never').waitFor()
      const { stdout } = await shell.run(`latchkey() { '${process.execPath}' '${PROGRAM}' "$@"; }; ${command}`)
      const token = stdout.trim()
      expect(await site.verify(token, PREDICT)).toBe(200)
      await key.getByText(/127\.0\.0\.1/).waitFor({ timeout: USE_MS })
      await key.getByText('The credential was used within the last day.').waitFor()
      await rowOf(page, 'Client secret')
        .getByText('The program may still be waiting for it.', { exact: false })
        .waitFor()
      expect(await keysOf(id)).toMatchObject([{ alg: 'EdDSA', max_lifetime: 300 }])

      await show(page, `/models/integrations/${id}/activity`)
      await page.getByText(/^#\d+ was issued at .* to 127\.0\.0\.1.* with key \S+\. It is live\.$/).waitFor()
      await show(page, `/models/integrations/${id}`)
      await sees(page, /^EdDSA, last used/)
      expect(clientId).toMatch(/^lk/)
      expect(offences).toEqual([])
    },
  )

  test('refuses a private key before it is sent, and empties the field', async () => {
    const { id } = await createIntegration(site.server, { name: 'Careless' })
    const { page } = await site.open(tabOf(id))
    const sent: Request[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(request)
    })
    const { privateKey, jwk } = aKeyPair('P-256')
    await page.getByRole('button', { name: 'Add key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a key' })
    for (const text of [
      JSON.stringify(privateKey.export({ format: 'jwk' })),
      privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ]) {
      await field(page).fill(text)
      await dialog.getByText('That was a private key. It was not sent').waitFor()
      expect(await field(page).inputValue()).toBe('')
      await dialog.getByRole('button', { name: 'Add key' }).click()
      await dialog.getByText('That was a private key. It was not sent').waitFor()
      await field(page).fill('{')
      await dialog.getByText('This is no JWK').waitFor()
    }
    expect(sent.map((request) => request.url())).toEqual([])
    await field(page).fill(JSON.stringify(jwk))
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('dialog', { name: 'The key is added' }).waitFor()
    expect(sent.map((request) => new URL(request.url()).pathname)).toEqual([`/admin/v1/integrations/${id}/credentials`])
  })

  test('shows why the server refuses a key, and keeps the input', async () => {
    const { id } = await createIntegration(site.server, { name: 'Two of a name' })
    await addKey(site.server, id, { ...aKeyPair().jwk, kid: 'worker' })
    const { page } = await site.open(tabOf(id))
    await page.getByRole('button', { name: 'Add key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a key' })
    const submit = async (jwk: object) => {
      await field(page).fill(JSON.stringify(jwk))
      await dialog.getByRole('button', { name: 'Add key' }).click()
    }
    await submit({ ...aKeyPair().jwk, use: 'enc' })
    await dialog.getByText('must allow signatures').first().waitFor()
    const again = { ...aKeyPair().jwk, kid: 'worker' }
    await submit(again)
    await dialog.getByText('The server answered 409 (kid_taken).').waitFor()
    expect(await field(page).inputValue()).toBe(JSON.stringify(again))
    expect(await keysOf(id)).toHaveLength(1)
  })

  test('adds one key if the first answer is lost and the user sends the form again', async () => {
    const { id } = await createIntegration(site.server, { name: 'Behind a bad line' })
    const { page } = await site.open(tabOf(id))
    let isLost = false
    await page.route('**/credentials', async (route) => {
      if (route.request().method() !== 'POST' || isLost) return route.continue()
      isLost = true
      await route.fetch()
      await route.abort()
    })
    await page.getByRole('button', { name: 'Add key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a key' })
    await field(page).fill(JSON.stringify(aKeyPair().jwk))
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await dialog.getByText('The server does not answer.').waitFor()
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('dialog', { name: 'The key is added' }).waitFor()
    expect(await keysOf(id)).toHaveLength(1)
  })

  test('ends a key and leaves its token live, or ends the token too if the user ticks that', async () => {
    const { id, clientId } = await createIntegration(site.server, { name: 'Ends keys' })
    const [first, second] = [aKeyPair(), aKeyPair('P-256')]
    await addKey(site.server, id, { ...first.jwk, kid: 'first' })
    await addKey(site.server, id, { ...second.jwk, kid: 'second' })
    const request = (keyId: string, { privateKey }: typeof first) =>
      requestByKey(site.server, { clientId, privateKey, keyId, scope: PREDICT })
    const { token } = await request('first', first)
    const { page } = await site.open(tabOf(id))
    await page.getByRole('button', { name: 'End now: key first' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Live tokens stay valid until they end: 1 live token.').waitFor()
    expect(await dialog.getByText('No other credential works').count()).toBe(0)
    await dialog.getByRole('button', { name: 'End now' }).click()
    await rowOf(page, 'first').getByText('Ended', { exact: true }).waitFor()
    expect(await site.verify(token, PREDICT)).toBe(200)
    expect((await request('first', first)).status).toBe(401)
    expect((await request('second', second)).status).toBe(200)
    const last = await request('second', second)
    await page.getByRole('button', { name: 'End now: key second' }).click()
    await dialog.getByRole('checkbox', { name: 'Also revoke live tokens (1)' }).check()
    await dialog.getByRole('button', { name: 'End now' }).click()
    await rowOf(page, 'second').getByText('Ended', { exact: true }).waitFor()
    expect(await site.verify(last.token, PREDICT)).toBe(401)
  })

  test('does not call a secret the last credential while a key works, and says when no credential works', async () => {
    const { id } = await createIntegration(site.server, { name: 'To the last' })
    await addKey(site.server, id, { ...aKeyPair().jwk, kid: 'worker' })
    const { page } = await site.open(tabOf(id))
    const dialog = page.getByRole('dialog')
    const endOf = async (name: string | RegExp, isLast: boolean) => {
      await page.getByRole('button', { name }).click()
      await dialog.getByText('It has no live token.').waitFor()
      expect(await dialog.getByText('No other credential works').count()).toBe(isLast ? 1 : 0)
      await dialog.getByRole('button', { name: 'End now' }).click()
      await dialog.waitFor({ state: 'hidden' })
    }
    await endOf(/^End now: secret/, false)
    await page.getByRole('button', { name: 'Rotate secret' }).waitFor({ state: 'detached' })
    await endOf('End now: key worker', true)
    await page.getByText('No credential works.').waitFor()
    await page.getByText('No credential', { exact: true }).waitFor()
    await page.getByRole('tab', { name: 'Overview' }).click()
    await sees(page, 'The integration can get no token.')
    await page.getByRole('link', { name: 'Add a key, a trust rule or a secret' }).click()
    await page.getByRole('button', { name: 'Add key' }).waitFor()
    await page.getByRole('tab', { name: 'Quick start' }).click()
    await sees(page, /^No credential works, so no program can get a token/)
    await page.getByRole('tab', { name: 'Try it' }).click()
    await sees(page, 'No credential works, so no token can be requested.')
    await page.getByRole('link', { name: 'Add a key, a trust rule or a secret' }).click()
    await page.getByRole('button', { name: 'Add key' }).waitFor()
    await show(page, '/models/integrations')
    await rowOf(page, 'To the last').getByText('No credential', { exact: true }).waitFor()
  })

  test('offers no rotation to an integration that has only a key, and can add a secret', async () => {
    const { id, clientId } = await createKeyed(site.server, { ...aKeyPair().jwk, kid: 'nightly' })
    const { page, offences } = await site.open(`/models/integrations/${id}`)
    await sees(page, 'It has no client secret that works: the program authenticates by a key or by its platform.')
    expect(await page.getByRole('button', { name: 'Rotate secret' }).count()).toBe(0)
    await page.getByRole('tab', { name: 'Quick start' }).click()
    await page.getByRole('region', { name: 'Terminal example' }).getByText("--key-id 'nightly'").waitFor()
    expect(await page.getByText('client secret').count()).toBe(0)
    await page.getByRole('tab', { name: 'Try it' }).click()
    await page.getByRole('textbox', { name: 'Client assertion' }).waitFor()
    expect(await page.getByRole('textbox', { name: 'Client secret' }).count()).toBe(0)

    await page.getByRole('tab', { name: 'Authentication' }).click()
    await page.getByRole('button', { name: 'Add secret' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a client secret?' })
    expect(await dialog.getByRole('radio').count()).toBe(0)
    await dialog.getByRole('button', { name: 'Add secret' }).click()
    const made = page.getByRole('dialog', { name: 'The new client secret' })
    const secret = await copied(page, 'client secret', () =>
      made.getByRole('button', { name: 'Copy client secret', exact: true }).click(),
    )
    await made.getByRole('button', { name: 'Done' }).click()
    const answer = await fetch(`${site.server.issuer}/v1/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT }),
    })
    expect(answer.status).toBe(200)
    await page.getByRole('button', { name: 'Rotate secret' }).waitFor()
    await page.getByRole('tab', { name: 'Quick start' }).click()
    await page.getByText('Key or platform', { exact: true }).click()
    await page.getByRole('region', { name: 'Terminal example' }).getByText("--key-id 'nightly'").waitFor()
    expect(offences).toEqual([])
  })

  test('warns that the last secret ends soon, until the integration also has a working key', async () => {
    const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().replace(/\.\d+/, '')
    const { id } = await createIntegration(site.server, { name: 'Ends soon', secret_expires_at: inAWeek })
    const { page } = await site.open(`/models/integrations/${id}`)
    await sees(page, 'The client secret ends soon.')
    await addKey(site.server, id, { ...aKeyPair().jwk, kid: 'worker' })
    await page.getByText('EdDSA, never used').waitFor()
    await page.getByText('The client secret ends soon.').waitFor({ state: 'detached' })
  })

  test('shows a viewer the credentials, and no control that changes them', async () => {
    const { id } = await createIntegration(site.server, { name: 'Looked at' })
    await addKey(site.server, id, { ...aKeyPair().jwk, kid: 'worker' })
    const { page } = await site.open(tabOf(id), { storageState: await site.viewer() })
    await rowOf(page, 'worker').getByText('Works', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: /^(Add|End|Rotate)/ }).count()).toBe(0)
  })
})
