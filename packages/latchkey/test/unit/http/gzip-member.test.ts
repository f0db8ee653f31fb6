// A gzip stream put together from blocks is what every gzip reader expects.
import { randomBytes } from 'node:crypto'
import { createGunzip, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { deflatedBlocks, GzipMember, storedBlocks } from '../../../src/http/public/feed/gzip-member.ts'

const TEXT = Buffer.from('event: heartbeat\ndata: {"t":1}\n\n'.repeat(500))

test('stored and compressed blocks in any order, checked at the end', () => {
  const parts = [TEXT, Buffer.from('short'), randomBytes(200_000), TEXT]
  const member = new GzipMember()
  const bytes: Buffer[] = [member.header]
  for (const [place, part] of parts.entries()) {
    member.count(part)
    bytes.push(place % 2 === 0 ? deflatedBlocks(part) : storedBlocks(part))
  }
  bytes.push(member.trailer())
  expect(gunzipSync(Buffer.concat(bytes)).equals(Buffer.concat(parts))).toBe(true)
})

test('blocks of any size: none, one byte, and the most that a block holds, and one more', () => {
  for (const size of [0, 1, 65_535, 65_536, 131_070]) {
    const part = randomBytes(size)
    const member = new GzipMember()
    member.count(part)
    const whole = Buffer.concat([member.header, storedBlocks(part), member.trailer()])
    expect(gunzipSync(whole).equals(part)).toBe(true)
  }
})

test('a block can be read before the next one is there', async () => {
  const gunzip = createGunzip()
  const read = (): Promise<string> => new Promise((resolve) => gunzip.once('data', (data: Buffer) => { resolve(data.toString()) })) // prettier-ignore
  gunzip.write(new GzipMember().header)
  const first = read()
  gunzip.write(storedBlocks(Buffer.from('one')))
  expect(await first).toBe('one')
  const second = read()
  gunzip.write(deflatedBlocks(TEXT))
  expect((await second).slice(0, 10)).toBe(TEXT.toString().slice(0, 10))
  gunzip.destroy()
})

test('a compressed block serves a second stream as well as the first', () => {
  const block = deflatedBlocks(TEXT)
  for (const before of ['', 'something else']) {
    const member = new GzipMember()
    const first = Buffer.from(before)
    for (const part of [first, TEXT]) member.count(part)
    const whole = Buffer.concat([member.header, storedBlocks(first), block, member.trailer()])
    expect(gunzipSync(whole).toString()).toBe(before + TEXT.toString())
  }
})
