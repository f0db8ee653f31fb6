// A stand-in for a browser. It keeps the cookie of the console, and sends the headers that a page of the console would
// send.
import { expect } from 'vitest'

export const PASSWORD = 'three blind mice ran'

export interface TestBrowser {
  /**
   * Sends a request like a page of the console. `headers` override the headers of that page. A header that is undefined
   * is left out.
   */
  ask(
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<Response>
  /** The session cookie as `name=value`. Empty if the browser has no session cookie. */
  cookie: string
  /** The Set-Cookie header of the last answer that had one. */
  setCookie: string
}

/** @param at the origin of the admin listener */
export function aBrowser(at: string): TestBrowser {
  const browser: TestBrowser = {
    cookie: '',
    setCookie: '',
    ask: async (method, path, body, headers = {}) => {
      const all = {
        origin: at,
        'x-latchkey-console': '1',
        cookie: browser.cookie === '' ? undefined : browser.cookie,
        'content-type': body === undefined ? undefined : 'application/json',
        ...headers,
      }
      const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const answer = await fetch(`${at}${path}`, {
        method,
        headers: given,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const set = answer.headers.get('set-cookie')
      if (set !== null) {
        browser.setCookie = set
        const [pair = ''] = set.split(';')
        browser.cookie = pair.endsWith('=') ? '' : pair
      }
      return answer
    },
  }
  return browser
}

/** Returns the code in a set-up link. */
export const codeOf = (link: string): string => link.slice(link.indexOf('#') + 1)

export interface ServerWithSetUp {
  readonly adminUrl: string
  readonly setUpLink: { reveal(): string } | undefined
}

/** Makes the first owner. Returns the owner's signed-in browser. */
export async function aFirstOwner(server: ServerWithSetUp, email = 'owner@example.com'): Promise<TestBrowser> {
  const browser = aBrowser(server.adminUrl)
  const code = codeOf(server.setUpLink?.reveal() ?? '')
  const done = await browser.ask('POST', '/admin/v1/setup', { code, email, password: PASSWORD })
  expect(done.status).toBe(201)
  return browser
}

/** Invites an operator, who chooses a password. Returns the signed-in browser and the operator's id. */
export async function anOperator(
  server: ServerWithSetUp,
  owner: TestBrowser,
  { email, role }: { readonly email: string; readonly role: string },
): Promise<TestBrowser & { readonly id: string }> {
  const invited = await owner.ask('POST', '/admin/v1/operators', { email, role })
  expect(invited.status).toBe(201)
  const { id, link } = (await invited.json()) as { readonly id: string; readonly link: string }
  const browser = aBrowser(server.adminUrl)
  const done = await browser.ask('POST', '/admin/v1/setup', { code: codeOf(link), password: PASSWORD })
  expect(done.status).toBe(201)
  return Object.assign(browser, { id })
}

/** Signs in. Returns the status of the answer. */
export const signIn = async (browser: TestBrowser, email: string, password = PASSWORD): Promise<number> =>
  (await browser.ask('POST', '/admin/v1/session', { email, password })).status
