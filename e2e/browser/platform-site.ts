// A server for the tests of the pages under Platform, Activity and Settings, with an owner and a viewer in the browser.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Integration, readAdminKey } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { makeOwner, openBrowser, OWNER, type SignedIn, type Visit, visit } from './browser.ts'
import { show } from './every-page.ts'

export interface Site {
  readonly server: RealServer
  /** The answer of the admin API to its first key. */
  api(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** A complete page for the running test, signed in as the owner unless the options give another session. */
  open(
    path: string,
    options?: BrowserContextOptions,
  ): Promise<{ readonly page: Page; readonly offences: readonly string[] }>
  /** An empty page for the running test, signed in as the owner. */
  visit(): Promise<Visit>
  /** The session of an invited viewer. */
  viewer(): Promise<SignedIn>
  requestToken(integration: Integration, scope: string, userAgent?: string): Promise<string>
  /** Returns the status of verify for a token. */
  verify(token: string, scope: string): Promise<number>
  close(): Promise<void>
}

/** The pages of the console, each with its heading. */
export const PAGES = [
  ['/platform/live-tokens', 'Live tokens'],
  ['/platform/scopes-and-apis', 'Scopes & APIs'],
  ['/platform/signing-keys', 'Signing keys'],
  ['/activity/overview', 'Overview'],
  ['/activity/audit-log', 'Audit log'],
  ['/settings/operators', 'Operators'],
  ['/settings/trusted-issuers', 'Trusted issuers'],
  ['/settings/configuration', 'Configuration'],
  ['/settings/admin-keys', 'Admin keys'],
] as const

export const HOSTILE = '<img src=x onerror="document.title=1">'

/** Starts the site for a whole suite. The caller closes it. `env`: more settings of the server. */
export async function startSite(env: Readonly<Record<string, string>> = {}): Promise<Site> {
  // The next signing key signs after six seconds, long enough to be seen on a busy machine.
  const server = await startServerOfSuite({
    env: { LATCHKEY_DEMO: 'off', LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_JWKS_MAX_AGE: '3', ...env },
  })
  const browser = await openBrowser()
  const owner = await makeOwner(browser, server)
  const api: Site['api'] = (method, path, body, headers = {}) =>
    fetch(`${server.adminUrl}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${readAdminKey(server).reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return {
    server,
    api,
    open: async (path, options = {}) => {
      const { page, offences } = await visit(browser, server, { storageState: owner, ...options })
      await show(page, path)
      return { page, offences }
    },
    visit: () => visit(browser, server, { storageState: owner }),
    viewer: () => inviteViewer(browser, server, api),
    requestToken: async ({ basic }, scope, userAgent = 'node') => {
      const response = await fetch(`${server.issuer}/v1/token`, {
        method: 'POST',
        headers: { authorization: basic, 'user-agent': userAgent },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
      })
      return ((await response.json()) as { access_token: string }).access_token
    },
    verify: async (token, scope) => {
      const url = `${server.issuer}/v1/verify?scope=${encodeURIComponent(scope)}`
      return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status
    },
    close: async () => {
      await browser.close()
      await server.stop()
    },
  }
}

async function inviteViewer(browser: Browser, { adminUrl }: RealServer, api: Site['api']): Promise<SignedIn> {
  const invited = await api('POST', '/operators', { email: 'viewer@example.org', role: 'viewer' })
  const link = Object.values((await invited.json()) as object).find(isLink) ?? ''
  const context = await browser.newContext()
  try {
    const answer = await context.request.post(`${adminUrl}/admin/v1/setup`, {
      headers: { origin: adminUrl, 'x-latchkey-console': '1' },
      data: { code: link.slice(link.indexOf('#') + 1), password: OWNER.password },
    })
    expect(answer.status()).toBe(201)
    return await context.storageState()
  } finally {
    await context.close()
  }
}

const isLink = (value: unknown): value is string => typeof value === 'string' && value.includes('/set-up#')

/** Waits until the page shows the text exactly once. */
export const sees = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).waitFor()
