// Trust rules in the tab Authentication of an integration: added by preset, listed, and used by a workload.
import { type KeyObject, sign } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NewIssuer, NewRule, TrustRule } from 'latchkey/admin-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { has } from '../../scripts/programs.mjs'
import { aKeyPair } from '../client-keys.ts'
import { aShell } from '../documentation/shell.ts'
import { adminRequest, createIntegration, PREDICT } from '../integrations.ts'
import { copied } from './browser.ts'
import { faultsOf, type Look } from './axe.ts'
import { startSite, type Site } from './platform-site.ts'

const CLUSTER = 'https://cluster.example.org'
const WORKER = 'system:serviceaccount:payments:worker'
const NUMBER = 'Number of the repository'

const PICTURES = join(import.meta.dirname, '../../coverage/screenshots')

const pictureOf = (page: Page, name: string) => (look: Look) =>
  page.screenshot({ path: join(PICTURES, `${name}-${look.scheme}-${String(look.width)}.png`), fullPage: true })

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe.skipIf(!has('chromium'))('the list of trust rules in the tab Authentication', () => {
  let site: Site
  const { privateKey, jwk } = aKeyPair('P-256')
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    site = await startSite()
  })
  afterAll(() => site.close())

  const tabOf = (id: string): string => `/models/integrations/${id}/authentication`
  const rulesOf = async (id: string): Promise<readonly TrustRule[]> => {
    const answer = await adminRequest(site.server, 'GET', `/${id}/credentials`)
    return ((await answer.json()) as { items: readonly TrustRule[] }).items
  }
  const trust = async (name: string, platform: NewIssuer['platform'], url: string): Promise<void> => {
    const body: NewIssuer = { name, platform, url, keys: { source: 'inline', keys: [{ ...jwk, kid: 'one' }] } }
    const response = await site.api('POST', '/issuers', body)
    if (response.status !== 201 && response.status !== 409) throw new Error(await response.text())
  }
  const dialogOf = async (page: Page) => {
    await page.getByRole('button', { name: 'Add trust rule' }).click()
    return page.getByRole('dialog', { name: 'Add a trust rule' })
  }
  const choose = async (page: Page, label: string, option: string) => {
    await page
      .getByRole('combobox', { name: label })
      .or(page.getByRole('textbox', { name: label }))
      .first()
      .click()
    await page.getByRole('option', { name: option }).click()
  }
  const signed = (key: KeyObject, claims: object): string => {
    const text = `${part({ alg: 'ES256', kid: 'one' })}.${part(claims)}`
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }

  test.skipIf(!has('curl'))(
    'adds the rule of a pod, and the pod gets a token by the request that the page shows',
    async () => {
      await trust('prod-cluster', 'kubernetes', CLUSTER)
      const { id, clientId } = await createIntegration(site.server, { name: 'Moves to its platform' })
      const { page, offences } = await site.open(tabOf(id))
      const dialog = await dialogOf(page)
      await dialog.getByRole('textbox', { name: 'Namespace and service account' }).fill('payments')
      await dialog.getByRole('button', { name: 'Add trust rule' }).click()
      await dialog.getByText('A namespace, a slash and a service account.').waitFor()
      expect(await page.evaluate<string>('document.activeElement.placeholder')).toBe('payments/worker')
      expect(await rulesOf(id)).toEqual([])
      await dialog.getByRole('textbox', { name: 'Namespace and service account' }).fill('payments/worker')
      await dialog.getByRole('button', { name: 'Add trust rule' }).click()

      const added = page.getByRole('dialog', { name: 'The trust rule is added' })
      await added.getByText('The client secret still works.').waitFor()
      await added.getByText(`audience: '${site.server.issuer}'`).waitFor()
      await added.getByRole('tab', { name: 'Request' }).click()
      const command = await copied(page, 'Request example', () =>
        added.getByRole('button', { name: 'Copy Request example' }).click(),
      )
      expect(command).toContain(`--data client_id=${clientId}`)
      await added.getByRole('button', { name: 'Done' }).click()
      const row = page.getByRole('row').filter({ hasText: 'Trust rule' })
      await row.getByText('sub = system:serviceaccount:payments:worker').waitFor()
      await row.getByText('kubernetes.io/pod/uid is there').waitFor()
      await row.getByText('Works', { exact: true }).waitFor()

      const now = Math.floor(Date.now() / 1000)
      const assertion = signed(privateKey, {
        ...{ iss: CLUSTER, aud: [site.server.issuer], iat: now, exp: now + 600 },
        sub: WORKER,
        'kubernetes.io': { namespace: 'payments', pod: { name: 'worker-1', uid: '5ad3' } },
      })
      writeFileSync(join(site.server.dataDir, 'token'), assertion)
      const shell = aShell({ cwd: site.server.dataDir })
      const { stdout } = await shell.run(command.replace('/var/run/secrets/latchkey/', '').replace('curl', 'curl -s'))
      const { access_token: token } = JSON.parse(stdout) as { access_token: string }
      expect(await site.verify(token, PREDICT)).toBe(200)
      await page.getByRole('button', { name: 'End now: trust rule of prod-cluster' }).click()
      await page.getByText('A workload that only this rule matches gets 401').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click()
      await row.getByText('Ended', { exact: true }).waitFor()
      expect(offences).toEqual([])
    },
  )

  test('adds the rule of a branch on GitHub only with the number of the repository', async () => {
    await trust('github', 'github', 'https://token.actions.githubusercontent.com')
    const { id } = await createIntegration(site.server, { name: 'Deploys' })
    const { page } = await site.open(tabOf(id))
    const dialog = await dialogOf(page)
    await choose(page, 'Platform', 'GitHub Actions')
    await dialog.getByRole('textbox', { name: 'Owner and repository' }).fill('acme/deploy')
    await dialog.getByRole('textbox', { name: 'Branch' }).fill('main')
    await dialog.getByRole('button', { name: 'Add trust rule' }).click()
    await dialog.getByText('A whole number.').waitFor()
    expect(await rulesOf(id)).toEqual([])
    await dialog.getByRole('textbox', { name: NUMBER }).fill('12345')
    await dialog.getByRole('button', { name: 'Add trust rule' }).click()
    await page.getByText('ACTIONS_ID_TOKEN_REQUEST_URL&audience=').first().waitFor()
    expect(await rulesOf(id)).toMatchObject([
      {
        issuer: 'github',
        reuse: 'until_expiry',
        max_lifetime: 3900,
        claims: [
          { claim: ['repository'], equals: 'acme/deploy' },
          { claim: ['repository_id'], equals: '12345' },
          { claim: ['ref'], equals: 'refs/heads/main' },
          { claim: ['event_name'], one_of: ['push', 'workflow_dispatch', 'schedule'] },
        ],
      },
    ])
  })

  test('shows the command that registers an issuer, if the server trusts none of the platform', async () => {
    const { id } = await createIntegration(site.server, { name: 'Before its issuer' })
    const { page } = await site.open(tabOf(id))
    const dialog = await dialogOf(page)
    await choose(page, 'Platform', 'GitLab')
    await dialog.getByText('latchkey issuers create gitlab --platform gitlab').waitFor()
    expect(await dialog.getByRole('button', { name: 'Add trust rule' }).isDisabled()).toBe(true)
  })

  test('tests an assertion: shows which claim did not match, and forgets the assertion', async () => {
    await trust('prod-cluster', 'kubernetes', CLUSTER)
    const { id } = await createIntegration(site.server, { name: 'Looks for the cause' })
    const rule: NewRule = { kind: 'trust', issuer: 'prod-cluster', claims: [{ claim: ['sub'], equals: WORKER }] }
    const added = await adminRequest(site.server, 'POST', `/${id}/credentials`, JSON.stringify(rule))
    expect(added.status).toBe(201)
    const { page, offences } = await site.open(tabOf(id))
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    await page.getByRole('button', { name: 'Test an assertion' }).click()
    const dialog = page.getByRole('dialog', { name: 'Test an assertion' })
    const field = dialog.getByRole('textbox', { name: 'Token of the platform' })
    const run = async (assertion: string) => {
      await field.fill(assertion)
      await dialog.getByRole('button', { name: 'Test', exact: true }).click()
    }
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: CLUSTER, aud: [site.server.issuer], iat: now, exp: now + 600, sub: WORKER }
    await run('')
    await dialog.getByText('Paste the token.').waitFor()
    const good = signed(privateKey, claims)
    await run(good)
    await dialog.getByText('The token endpoint would accept it.').waitFor()
    await dialog.getByText('It authenticates this integration as').waitFor()
    expect(await dialog.getByRole('img', { name: 'Failed' }).count()).toBe(0)

    await run(signed(aKeyPair('P-256').privateKey, claims))
    await dialog.getByText('The token endpoint would refuse it: bad_assertion_signature.').waitFor()
    const signature = dialog.getByRole('listitem').filter({ hasText: 'Signature' })
    await signature.getByRole('img', { name: 'Failed' }).waitFor()
    await signature.getByText('Expected: a key of the issuer signed it').waitFor()

    await run(signed(privateKey, { ...claims, sub: `${WORKER}-evil` }))
    await dialog.getByText('The token endpoint would refuse it: trust_rule_mismatch.').waitFor()
    const matcher = dialog.getByRole('listitem').filter({ hasText: `sub = ${WORKER}` })
    await matcher.getByRole('img', { name: 'Failed' }).waitFor()
    await matcher.getByText(`Found: ${WORKER}-evil`).waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'test-assertion'))).toEqual([])

    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Test an assertion' }).click()
    expect(await field.inputValue()).toBe('')
    expect(await dialog.getByRole('listitem').count()).toBe(0)
    expect(urls.filter((url) => url.endsWith('/admin/v1/trust/test'))).toHaveLength(3)
    const [, , secretPart = ''] = good.split('.')
    const stored = await page.evaluate<string>(
      'JSON.stringify([location.href, history.state, { ...localStorage }, { ...sessionStorage }])',
    )
    expect(
      [stored, ...urls, site.server.stdout(), site.server.stderr()].filter((text) => text.includes(secretPart)),
    ).toEqual([])
    expect(offences).toEqual([])
  })

  test('has dialogs without an accessibility violation', async () => {
    await trust('prod-cluster', 'kubernetes', CLUSTER)
    await trust('github', 'github', 'https://token.actions.githubusercontent.com')
    const { id } = await createIntegration(site.server, { name: 'Seen by all' })
    const { page, offences } = await site.open(tabOf(id))
    const dialog = await dialogOf(page)
    await choose(page, 'Platform', 'GitLab')
    await dialog.getByText('latchkey issuers create gitlab').waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'no-issuer'))).toEqual([])
    await choose(page, 'Platform', 'GitHub Actions')
    await dialog.getByRole('button', { name: 'Add trust rule' }).click()
    await dialog.getByText('An owner, a slash and a repository.').waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'add-rule'))).toEqual([])
    await dialog.getByRole('textbox', { name: 'Owner and repository' }).fill('acme/deploy')
    await dialog.getByRole('textbox', { name: NUMBER }).fill('12345')
    await dialog.getByRole('textbox', { name: 'Branch' }).fill('main')
    await dialog.getByRole('button', { name: 'Add trust rule' }).click()
    await page.getByRole('dialog', { name: 'The trust rule is added' }).waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'rule-added'))).toEqual([])
    await page.getByRole('button', { name: 'Done' }).click()
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.getByRole('row').filter({ hasText: 'Trust rule' }).waitFor()
    expect(await faultsOf(page, undefined, pictureOf(page, 'rules'))).toEqual([])
    expect(offences).toEqual([])
  })
})
