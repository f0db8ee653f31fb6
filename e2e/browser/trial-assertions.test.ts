// The page Try it with a pasted assertion, signed with the program's own key or by its platform.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NewIssuer, NewRule } from 'latchkey/admin-api'
import type { Page, Request } from 'playwright-core'
import { createClientAuthentication } from '@latchkey/credentials'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { addKey, aKeyPair, createKeyed } from '../client-keys.ts'
import { adminRequest, createIntegration, PREDICT } from '../integrations.ts'
import { signed } from '../../packages/latchkey/test/client-assertions.ts'
import { faultsOf, type Look, USUAL_LOOKS } from './axe.ts'
import { sees, type Site, startSite } from './platform-site.ts'

const CLUSTER = 'https://cluster.example.org'
const WORKER = 'system:serviceaccount:payments:worker'
const PICTURES = join(import.meta.dirname, '../../coverage/screenshots')

describe.skipIf(!has('chromium'))('Try it with a pasted assertion', () => {
  let site: Site
  const platformKey = { alg: 'ES256', kid: 'one', ...aKeyPair('P-256') }
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    site = await startSite()
    const keys = { source: 'inline', keys: [{ ...platformKey.jwk, kid: 'one' }] } as const
    const issuer: NewIssuer = { name: 'prod-cluster', platform: 'kubernetes', url: CLUSTER, keys }
    expect((await site.api('POST', '/issuers', issuer)).status).toBe(201)
  })
  afterAll(() => site.close())

  const field = (page: Page) => page.getByRole('textbox', { name: 'Client assertion' })
  const send = async (page: Page, assertion: string) => {
    await field(page).fill(assertion)
    await page.getByRole('button', { name: /^Request (another )?token$/ }).click()
  }
  const pictureOf = (page: Page, name: string) => async (look: Look) => {
    await page.evaluate('scrollTo(0, 0)')
    await page.screenshot({ path: join(PICTURES, `${name}-${look.scheme}-${String(look.width)}.png`), fullPage: true })
  }
  /** An assertion that the client signs with its own key. */
  const ownAssertion = async (clientId: string, { privateKey }: ReturnType<typeof aKeyPair>): Promise<string> => {
    const { form } = await createClientAuthentication({ privateKey }, { clientId, audience: site.server.issuer })()
    return String(new URLSearchParams(form).get('client_assertion'))
  }
  const ofPlatform = (claims: object = {}): string => {
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: CLUSTER, aud: [site.server.issuer], iat: now, exp: now + 600, sub: WORKER }
    return signed({ alg: 'ES256', kid: 'one' }, { ...usual, ...claims }, platformKey)
  }

  test('an integration with only a key gets a token with an assertion, and a second use shows assertion_replayed', async () => {
    const pair = aKeyPair('P-256')
    const { id, clientId } = await createKeyed(site.server, pair.jwk, 'Signs itself')
    const { page, offences } = await site.open(`/models/integrations/${id}/try`)
    const sent: Request[] = []
    page.on('request', (request) => sent.push(request))
    await page.getByRole('button', { name: 'Request token' }).click()
    await page.getByText('Paste the assertion.').waitFor()
    const assertion = await ownAssertion(clientId, pair)
    await send(page, assertion)
    await sees(page, 'It is the live token of its scope.')
    await page.getByRole('button', { name: 'Call verify with it' }).click()
    await page.getByText('An API that asks lets the request through.').waitFor()
    await page.getByRole('button', { name: 'Request another token' }).click()
    await sees(page, /^The token endpoint refuses the assertion \(assertion_replayed\)\. It was used before\./)
    expect(await page.getByRole('region', { name: /^Token #/ }).count()).toBe(1)

    const [, payload = '', signature = ''] = assertion.split('.')
    for (const request of sent) expect(request.url()).not.toContain(payload)
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByRole('tab', { name: 'Try it' }).click()
    expect(await field(page).inputValue()).toBe('')
    const stored = await page.evaluate<string>(
      'JSON.stringify([location.href, history.state, { ...localStorage }, { ...sessionStorage }])',
    )
    for (const part of [payload, signature]) {
      expect(stored).not.toContain(part)
      expect(site.server.stdout()).not.toContain(part)
    }
    expect(offences).toEqual([])
  })

  test('an assertion of a platform gets a token, and the refusal of another assertion shows the claim that does not match', async () => {
    const { id } = await createIntegration(site.server, { name: 'In a pod', scopes: [PREDICT] })
    const rule: NewRule = { kind: 'trust', issuer: 'prod-cluster', claims: [{ claim: ['sub'], equals: WORKER }] }
    expect((await adminRequest(site.server, 'POST', `/${id}/credentials`, JSON.stringify(rule))).status).toBe(201)
    const { page, offences } = await site.open(`/models/integrations/${id}/try`)
    await page.getByText('Assertion', { exact: true }).click()
    expect(await faultsOf(page, USUAL_LOOKS, pictureOf(page, 'try-assertion'))).toEqual([])
    await page.setViewportSize({ width: 1280, height: 900 })
    await send(page, ofPlatform())
    await sees(page, 'It is the live token of its scope.')
    await send(page, ofPlatform({ sub: `${WORKER}-evil` }))
    await sees(page, /\(trust_rule_mismatch\)/)
    const matcher = page.getByRole('listitem').filter({ hasText: `sub = ${WORKER}` })
    await matcher.getByRole('img', { name: 'Failed' }).waitFor()
    await matcher.getByText(`Found: ${WORKER}-evil`).waitFor()
    await sees(page, 'It is the live token of its scope.')
    expect(await faultsOf(page, USUAL_LOOKS, pictureOf(page, 'try-refused'))).toEqual([])
    await page.setViewportSize({ width: 1280, height: 900 })
    await field(page).fill('another')
    await matcher.waitFor({ state: 'detached' })
    expect(await page.getByText('trust_rule_mismatch').count()).toBe(0)
    expect(offences).toEqual([])
  })

  test('an integration with a secret and a key can be tried with each of them, and a viewer can send neither', async () => {
    const pair = aKeyPair('P-256')
    const { id, clientId } = await createIntegration(site.server, { name: 'Both', scopes: [PREDICT] })
    await addKey(site.server, id, pair.jwk)
    const { page } = await site.open(`/models/integrations/${id}/try`)
    await page.getByRole('button', { name: 'Request token' }).click()
    await page.getByRole('region', { name: /^Token #/ }).waitFor()
    await page.getByText('Assertion', { exact: true }).click()
    await send(page, await ownAssertion(clientId, pair))
    await expect.poll(() => page.getByRole('region', { name: /^Token #/ }).count()).toBe(2)
    const viewer = await site.open(`/models/integrations/${id}/try`, { storageState: await site.viewer() })
    await sees(viewer.page, /^You can look at tokens below\./)
    expect(await field(viewer.page).count()).toBe(0)
  })
})
