// The page after a sign-in: always a path of this console, whatever a link contains.
import { expect, test } from 'vitest'
import { readSignInSearch } from '../../src/pages/sign-in-search.ts'

const HERE = 'https://console.example'

test.each(['/', '/models/integrations?search=a', '/activity/audit-log#top', '/models/%2F%2Fevil.example'])(
  'after a sign-in the console opens %s',
  (next) => {
    expect(readSignInSearch({ next })).toEqual({ next })
    expect(new URL(next, HERE).origin).toBe(HERE)
  },
)

test.each([
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\r\n/evil.example',
  '/\n\\evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  'evil',
  '',
  7,
  ['/'],
  { toString: () => '/' },
  null,
  undefined,
])('after a sign-in the console does not open %j', (next) => {
  expect(readSignInSearch({ next })).toEqual({})
})
