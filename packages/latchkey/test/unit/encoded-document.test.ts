// A document that does not change is made only once, for any number of requests.
import { expect, test } from 'vitest'
import { prepareDocument } from '../../src/http/admin/documents/encoded-document.ts'

test('concurrent requests share one document, which is made only once', async () => {
  let made = 0
  const document = prepareDocument('text/plain', () => `made ${String(++made)} times, ${'and kept '.repeat(100)}`)
  const together = await Promise.all(Array.from({ length: 50 }, () => document('br')))
  const later = await document('br, gzip')
  // All responses share one buffer. A copy for each request would fill the memory.
  expect(new Set([...together, later].map(({ content }) => content)).size).toBe(1)
  expect((await document('')).content).toBe((await document('identity')).content)
  expect((await document('')).content.toString()).toMatch(/^made 1 times/)
  expect(made).toBe(1)
})

test('each encoding has an entity tag of its own', async () => {
  const document = prepareDocument('text/plain', () => 'the text')
  const tags = await Promise.all(['br', 'gzip', ''].map(async (accepted) => (await document(accepted)).etag))
  expect(new Set(tags).size).toBe(3)
})
