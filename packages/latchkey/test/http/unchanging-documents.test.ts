// The documents of the admin listener that need no key are compressed, and are not sent again to a caller that has
// them.
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  admin.ask({ url, headers: { authorization: undefined, ...headers } })

describe.each(['/docs', '/problems', '/admin/v1/openapi.json'])('%s', (url) => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)(
    '%s is compressed by %s with the same content, in less than a sixth of the bytes',
    async (coding, plain) => {
      const whole = await get(url)
      expect(whole.headers['content-encoding']).toBe(undefined)
      const small = await get(url, { 'accept-encoding': coding })
      expect(small.headers['content-encoding']).toBe(coding)
      expect(small.headers['content-type']).toBe(whole.headers['content-type'])
      expect(small.headers.vary).toBe('accept-encoding')
      expect(plain(small.rawPayload).toString()).toBe(whole.body)
      if (url !== '/problems') expect(small.rawPayload.length * 6).toBeLessThan(whole.rawPayload.length)
    },
  )

  test('%s is answered with 304 for a caller that has it, and is sent in full to a caller that has another version', async () => {
    const first = await get(url, { 'accept-encoding': 'br' })
    expect(first.headers['cache-control']).toBe('no-cache')
    const etag = String(first.headers.etag)
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(url, { 'accept-encoding': 'br', 'if-none-match': condition })
      expect(again.statusCode).toBe(304)
      expect(again.rawPayload).toHaveLength(0)
      expect(again.headers.etag).toBe(etag)
      expect(again.headers['content-type']).toBe(undefined)
      expect(again.headers['content-encoding']).toBe(undefined)
    }
    expect((await get(url, { 'if-none-match': etag })).statusCode).toBe(200)
    expect((await get(url, { 'accept-encoding': 'br', 'if-none-match': '"other"' })).statusCode).toBe(200)
  })
})
