// Every page of the console with its address and the sign that it is complete.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { complete, SHOWN_MS } from './complete.ts'

export interface ConsolePage {
  /** The name of the pictures of the page. */
  readonly name: string
  readonly path: string
}

/** Returns every page of the console. `id` is the ID of an integration. */
export const everyPage = (id: string): readonly ConsolePage[] => [
  { name: 'integrations', path: '/models/integrations' },
  { name: 'integrations-no-result', path: '/models/integrations?search=nothing' },
  { name: 'create', path: '/models/integrations/new' },
  { name: 'overview-tab', path: `/models/integrations/${id}` },
  { name: 'authentication-tab', path: `/models/integrations/${id}/authentication` },
  { name: 'try', path: `/models/integrations/${id}/try` },
  { name: 'quick-start', path: `/models/integrations/${id}/quickstart` },
  { name: 'activity-tab', path: `/models/integrations/${id}/activity` },
  { name: 'audit-tab', path: `/models/integrations/${id}/audit` },
  { name: 'settings-tab', path: `/models/integrations/${id}/settings` },
  { name: 'gone', path: '/models/integrations/int_00000000000000000000000000000000' },
  { name: 'scopes-and-apis', path: '/platform/scopes-and-apis' },
  { name: 'signing-keys', path: '/platform/signing-keys' },
  { name: 'live-tokens', path: '/platform/live-tokens' },
  { name: 'overview', path: '/activity/overview' },
  { name: 'audit-log', path: '/activity/audit-log' },
  { name: 'operators', path: '/settings/operators' },
  { name: 'admin-keys', path: '/settings/admin-keys' },
  { name: 'trusted-issuers', path: '/settings/trusted-issuers' },
  { name: 'configuration', path: '/settings/configuration' },
  { name: 'not-found', path: '/models/nothing-is-here' },
]

/** Opens the page and waits until it is complete: heading, title and data. */
export async function show(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => page.title(), { timeout: SHOWN_MS }).toMatch(/ · Latchkey$/)
  await complete(page)
}
