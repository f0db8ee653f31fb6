// The checksum at the end of a gzip member equals the checksum that Node computes.
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkOf, followedBy } from '../../../src/http/public/feed/crc-32.ts'

test('the checksum of two joined texts is computed from the checksums of the two texts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5000 }), (before, after) => {
      const whole = crc32(Buffer.concat([before, after]))
      expect(followedBy(crc32(before), checkOf(after))).toBe(whole)
    }),
  )
})

test('a text that is longer than the table of squares can be appended too', () => {
  const after = Buffer.alloc(2 ** 20 + 3, 'latchkey')
  expect(followedBy(crc32('before'), checkOf(after))).toBe(crc32(after, crc32('before')))
})
