// A gzip stream made of independent blocks is valid gzip.
import { randomBytes } from 'node:crypto'
import { createGunzip, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { checkOf } from '../../../src/http/public/feed/crc-32.ts'
import { Deflater } from '../../../src/http/public/feed/deflater.ts'
import { GzipMember, inflatedBlocks, storedBlocks } from '../../../src/http/public/feed/gzip-member.ts'

const deflater = new Deflater()
/** Compresses the text, as the feed does with a frame. */
const deflatedBlocks = async (part: Buffer): Promise<Buffer> => (await deflater.deflate(part.toString(), () => 0))[0]

const TEXT = Buffer.from('event: heartbeat\ndata: {"t":1}\n\n'.repeat(500))

test('stored and compressed blocks in any order have the right checksum', async () => {
  const parts = [
    TEXT,
    Buffer.from('short'),
    Buffer.from(randomBytes(200_000).toString('hex')),
    randomBytes(200_000),
    TEXT,
  ]
  const member = new GzipMember()
  const bytes: Buffer[] = [member.header]
  for (const [place, part] of parts.entries()) {
    member.count(checkOf(part))
    bytes.push(place % 2 === 0 ? await deflatedBlocks(part) : storedBlocks(part))
  }
  bytes.push(member.trailer())
  expect(gunzipSync(Buffer.concat(bytes)).equals(Buffer.concat(parts))).toBe(true)
})

test('a block may have any size, and larger texts are split', () => {
  for (const size of [0, 1, 65_535, 65_536, 131_070]) {
    const part = randomBytes(size)
    const member = new GzipMember()
    member.count(checkOf(part))
    const whole = Buffer.concat([member.header, storedBlocks(part), member.trailer()])
    expect(gunzipSync(whole).equals(part)).toBe(true)
  }
})

test('a block can be read before the next block arrives', async () => {
  const gunzip = createGunzip()
  const read = (): Promise<string> =>
    new Promise((resolve) =>
      gunzip.once('data', (data: Buffer) => {
        resolve(data.toString())
      }),
    )
  gunzip.write(new GzipMember().header)
  const first = read()
  gunzip.write(storedBlocks(Buffer.from('one')))
  expect(await first).toBe('one')
  const second = read()
  gunzip.write(await deflatedBlocks(TEXT))
  expect((await second).slice(0, 10)).toBe(TEXT.toString().slice(0, 10))
  gunzip.destroy()
})

test('a compressed block can be used in a second stream', async () => {
  await deflatedBlocks(Buffer.from('what no stream gets'))
  const block = await deflatedBlocks(TEXT)
  for (const before of ['', 'something else']) {
    const member = new GzipMember()
    const first = Buffer.from(before)
    for (const part of [first, TEXT]) member.count(checkOf(part))
    const whole = Buffer.concat([member.header, storedBlocks(first), block, member.trailer()])
    expect(gunzipSync(whole).toString()).toBe(before + TEXT.toString())
  }
})

test('texts that are compressed at the same time make separate blocks', async () => {
  const texts = [1, 70_000, 300_000].map((bytes) => randomBytes(bytes).toString('hex'))
  const all = await Promise.all(texts.map((text) => deflatedBlocks(Buffer.from(text))))
  expect(all.map((blocks) => inflatedBlocks(blocks).toString())).toEqual(texts)
})
