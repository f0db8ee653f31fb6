// GET /docs: the page, the scripts it names and the policy that comes with it agree, and nothing is fetched from elsewhere.
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test, afterAll } from 'vitest'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

const withoutKey = (url: string) => admin.ask({ url, headers: { authorization: undefined } })

async function page() {
  const answer = await withoutKey('/docs')
  const directives = String(answer.headers['content-security-policy'])
    .split('; ')
    .map((directive) => directive.split(' '))
  const policy = new Map(directives.map(([name = '', ...sources]) => [name, sources]))
  return { html: answer.body, policy, answer }
}

/** Everything in the page that makes a browser ask for something. */
const requested = (html: string) =>
  [...html.matchAll(/\b(?:src|href|srcset|action|data)="([^"]*)"/g)].map(([, url = '']) => url)

test('it is a page for everyone who reaches the listener, and its scripts are there', async () => {
  const { html, answer } = await page()
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(requested(html)).toEqual(['/docs/reference.js', '/docs/start.js'])
  for (const url of requested(html)) {
    const script = await withoutKey(url)
    expect(script.statusCode).toBe(200)
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
  }
})

test('its policy allows nothing but this listener: no host, no scheme but data, no script in the page', async () => {
  const { policy } = await page()
  expect(policy.get('default-src')).toEqual(["'self'"])
  expect(policy.get('script-src')).toEqual(["'self'"])
  const allowed = ["'self'", "'none'"]
  const more = [...policy].flatMap(([name, sources]) =>
    sources.filter((source) => !allowed.includes(source)).map((source) => `${name} ${source}`),
  )
  expect(more).toEqual(["style-src 'unsafe-inline'", 'img-src data:', 'font-src data:'])
})

test('the page works under that policy: every script of it is a file, and no element carries a handler', async () => {
  const { html } = await page()
  expect([...html.matchAll(/<script\b[^>]*>([^<]*)/g)].map(([, inline]) => inline)).toEqual(['', ''])
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:|<iframe|<base/i)
})

test('what it starts reads the document of this listener and asks its maker for nothing', async () => {
  const calls: unknown[] = []
  const createApiReference = (...call: readonly unknown[]) => calls.push(call)
  runInNewContext((await withoutKey('/docs/start.js')).body, { Scalar: { createApiReference } })
  expect(calls).toEqual([
    [
      '#reference',
      {
        url: '/admin/v1/openapi.json',
        withDefaultFonts: false,
        hideClientButton: true,
        showDeveloperTools: 'never',
        telemetry: false,
      },
    ],
  ])
  expect((await page()).html).toContain('id="reference"')
  expect((await withoutKey('/admin/v1/openapi.json')).statusCode).toBe(200)
  expect((await withoutKey('/docs/reference.js')).body).toContain('window.Scalar=')
})

test('no other site may read the page, its scripts or the document', async () => {
  for (const url of ['/docs', '/docs/start.js', '/docs/reference.js', '/admin/v1/openapi.json']) {
    const answer = await admin.ask({ url, headers: { authorization: undefined, origin: 'https://elsewhere.example' } })
    expect(answer.headers['access-control-allow-origin']).toBe(undefined)
  }
})
