// axe-core on the pages under Platform, Activity and Settings, empty and in use, in both schemes, wide and narrow.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { createIntegration, PREDICT } from '../integrations.ts'
import { overflow, violations } from './axe.ts'
import { HOSTILE, PAGES, sees, type Site, startSite } from './platform-site.ts'

/** Kept for whoever wants to look. */
const SHOTS = join(import.meta.dirname, '../../coverage/screenshots')
const LOOKS = (['light', 'dark'] as const).flatMap((scheme) => [1280, 320].map((width) => ({ scheme, width })))

describe.skipIf(!has('chromium'))('the pages beside Models', () => {
  let site: Site
  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true })
    site = await startSite()
  })
  afterAll(() => site.close())

  test('say what will be there while there is nothing, without a violation', async () => {
    const { page } = await site.open('/platform/live-tokens')
    await sees(page, 'No live tokens')
    expect(await violations(page)).toEqual([])
    await page.goto('/activity/overview')
    await sees(page, 'Nothing was refused in this time.')
    await sees(page, 'No callers supersede each other’s tokens.')
    expect(await violations(page)).toEqual([])
    await page.goto('/activity/audit-log?event=api.deleted')
    await sees(page, 'Nothing on record fits the filters.')
    expect(await violations(page)).toEqual([])
  })

  test.each(LOOKS)(
    'have no violation in the $scheme scheme at $width px, and do not scroll sideways',
    async ({ scheme, width }) => {
      const integration = await createIntegration(site.server, { name: `${HOSTILE} ${scheme} ${width}` })
      for (let times = 0; times < 5; times += 1) await site.requestToken(integration, PREDICT)
      const { page, offences } = await site.open('/', { colorScheme: scheme, viewport: { width, height: 900 } })
      for (const [path, title] of PAGES) {
        await page.goto(path)
        await page.getByRole('heading', { level: 1, name: title }).waitFor()
        // The plots are drawn once their library is there.
        if (title === 'Overview') await page.locator('canvas').first().waitFor()
        else await page.getByRole('table').first().waitFor()
        expect(await violations(page), path).toEqual([])
        expect(await overflow(page), path).toBe(0)
        expect(await page.title()).toBe(`${title} · Latchkey`)
        const name = `${path.slice(1).replace('/', '-')}-${scheme}-${width}.png`
        await page.screenshot({ path: join(SHOTS, name), fullPage: true })
      }
      expect(offences).toEqual([])
    },
  )

  test.each([
    ['/platform/live-tokens', '**/admin/v1/tokens?*', 'The live tokens could not be loaded'],
    ['/platform/scopes-and-apis', '**/admin/v1/apis', 'The APIs could not be loaded'],
    ['/platform/signing-keys', '**/admin/v1/keys', 'The signing keys could not be loaded'],
    ['/activity/overview', '**/admin/v1/overview', 'The overview could not be loaded'],
    ['/activity/audit-log', '**/admin/v1/audit?*', 'The audit log could not be loaded'],
    ['/settings/operators', '**/admin/v1/operators', 'The operators could not be loaded'],
    ['/settings/admin-keys', '**/admin/v1/admin-keys', 'The admin keys could not be loaded'],
    ['/settings/configuration', '**/admin/v1/configuration', 'The configuration could not be loaded'],
  ])('%s says what failed, under which request ID, and tries again when asked to', async (path, route, title) => {
    const { page } = await site.open('/')
    const body = { code: 'store_unavailable', detail: 'The store takes no writes.', request_id: 'req_1f2e3d' }
    await page.route(route, (request) => request.fulfill({ status: 503, json: body }))
    await page.goto(path)
    const alert = page.getByRole('alert').filter({ hasText: title })
    await alert.getByText('The server answered 503 (store_unavailable).').waitFor()
    await alert.getByText('req_1f2e3d').waitFor()
    expect(await violations(page)).toEqual([])
    await page.unroute(route)
    await alert.getByRole('button', { name: 'Try again' }).click()
    await alert.waitFor({ state: 'detached' })
  })

  test('have dialogs without a violation, which give the focus back when they are left', async () => {
    // A dialog that still fades in has the contrast of a fog.
    const { page } = await site.open('/platform/scopes-and-apis', { reducedMotion: 'reduce' })
    const opener = page.getByRole('button', { name: `Delete scope ${PREDICT}`, exact: true })
    await opener.press('Enter')
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await opener.and(page.locator(':focus')).waitFor()
    await page.goto('/platform/signing-keys')
    await page.getByRole('button', { name: /^Revoke key/ }).press('Enter')
    await sees(page, /live tokens? that it signed/)
    expect(await violations(page)).toEqual([])
  })
})
