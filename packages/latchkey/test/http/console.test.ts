// The console's page and its files, as the admin listener serves them.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { aServer, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf } from '../raw-http.ts'

const SCRIPT = 'console.log("the console")\n'.repeat(50)
const PAGE =
  '<!doctype html><html><head><meta name="csp-nonce" content="" /></head><body><div id="root"></div></body></html>'
const HTML = { accept: 'text/html,application/xhtml+xml' }

const folder = mkdtempSync(join(tmpdir(), 'latchkey-console-'))
let server: TestServer
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), PAGE)
  writeFileSync(join(folder, 'private.txt'), 'private')
  writeFileSync(join(folder, 'assets', 'notes.txt'), 'of no type that is served')
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), SCRIPT)
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.gz'), gzipSync(SCRIPT))
  writeFileSync(join(folder, 'assets', 'icon-3c4d.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  server = await startTestServer({ consoleFolder: folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${server.adminUrl}${path}`, { headers })

describe('the page of the console', () => {
  test.each(['/', '/models', '/models/integrations', '/models/integrations/int_1?tab=try', '/platform/live-tokens'])(
    'is sent to a browser at the path %s',
    async (path) => {
      const answer = await get(path, HTML)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.text()).toContain('<div id="root">')
    },
  )

  test('is sent to a browser with 404 for an unknown path, and a program gets a problem', async () => {
    const page = await get('/nope', HTML)
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const answer of [await get('/nope'), await get('/admin/v1/nope', HTML)]) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    }
  })

  test('has a policy without unsafe-inline, for content of this listener only', async () => {
    const policy = (await get('/sign-in', HTML)).headers.get('content-security-policy') ?? ''
    expect(policy.replace(/'nonce-[^']+'/, "'nonce-…'").split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'nonce-…'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
  })

  test('has a new nonce for its scripts and its policy each time', async () => {
    const nonces = new Set<string>()
    for (let times = 0; times < 3; times++) {
      const answer = await get('/set-up', HTML)
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '') ?? []
      expect(await answer.text()).toContain(`<meta name="csp-nonce" content="${nonce}" />`)
      expect(Buffer.from(nonce, 'base64')).toHaveLength(16)
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(3)
  })

  test('is plain text at / for a command-line client', async () => {
    const answer = await get('/')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await answer.text()).toContain('/admin/v1')
  })

  test('is not sent at a path that does not belong to the console', async () => {
    for (const path of ['/elsewhere', '/modelsx', '/sign-in/x']) expect((await get(path, HTML)).status).toBe(404)
  })

  test('is plain text if the console was not built', async () => {
    const without = await aServer({ consoleFolder: join(folder, 'assets') })
    for (const path of ['/', '/models/integrations']) {
      const answer = await fetch(`${without.adminUrl}${path}`, { headers: HTML })
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('This is the admin listener of Latchkey')
    }
    expect((await fetch(`${without.adminUrl}/assets/index-1a2b.js`)).status).toBe(404)
  })
})

describe('a file of the console', () => {
  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['GZIP;q=0.5, br;q=0', 'gzip'],
    ['br;q=0.0, gzip;q=0', null],
    ['identity', null],
  ])('requested with "%s" comes as %s', async (accepted, coding) => {
    const answer = await get('/assets/index-1a2b.js', { 'accept-encoding': accepted })
    expect(answer.headers.get('content-encoding')).toBe(coding)
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.headers.get('vary')).toBe('accept-encoding')
    expect(await answer.text()).toBe(SCRIPT)
  })

  test('may be cached without limit, and is not sent again to a browser that has it', async () => {
    const first = await get('/assets/index-1a2b.js', { 'accept-encoding': 'br' })
    await first.text()
    expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const etag = first.headers.get('etag') ?? ''
    const again = await get('/assets/index-1a2b.js', { 'accept-encoding': 'br', 'if-none-match': `"other", ${etag}` })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    const plain = await get('/assets/index-1a2b.js', { 'accept-encoding': 'identity', 'if-none-match': etag })
    expect(plain.status).toBe(200)
    await plain.text()
  })

  test('is read from the disk only once', async () => {
    const own = mkdtempSync(join(tmpdir(), 'latchkey-console-'))
    onTestFinished(() => {
      rmSync(own, { recursive: true, force: true })
    })
    cpSync(folder, own, { recursive: true })
    const { adminUrl } = await aServer({ consoleFolder: own })
    const encodings = ['br', 'gzip', 'identity']
    const all = () =>
      Promise.all(
        encodings.map(async (accepted) => {
          const answer = await fetch(`${adminUrl}/assets/index-1a2b.js`, { headers: { 'accept-encoding': accepted } })
          return [answer.status, await answer.text()]
        }),
      )
    const first = await all()
    rmSync(own, { recursive: true })
    expect(await all()).toEqual(first)
    expect(first).toEqual(encodings.map(() => [200, SCRIPT]))
  })

  test('without a compressed form is sent as it is', async () => {
    const answer = await get('/assets/icon-3c4d.svg', { 'accept-encoding': 'br' })
    expect(answer.headers.get('content-type')).toBe('image/svg+xml')
    expect(answer.headers.get('content-encoding')).toBeNull()
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    await answer.text()
  })

  test.each([
    '/assets/../private.txt',
    '/assets/..%2fprivate.txt',
    '/assets/%2e%2e/private.txt',
    '/assets/..%5cprivate.txt',
    '/assets/....//private.txt',
    '/assets/%00index-1a2b.js',
    '/assets//etc/passwd',
    '/assets/./index-1a2b.js',
    '/assets/index-1a2b.js%2f',
    '/assets/index-1a2b.js.br',
    '/assets/notes.txt',
    '/assets/',
    '/assets/__proto__',
  ])('is answered 404 at %s', async (target) => {
    const answer = await ask(server.adminUrl, { method: 'GET', target })
    expect(answer.status).toBe(404)
    expect(headerOf(answer, 'content-type')).toBe('application/problem+json')
  })
})
