// The contract of every token store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { fileStore } from '../../src/file-store.ts'
import { memoryStore } from '../../src/memory-store.ts'
import type { TokenStore } from '../../src/token-store.ts'
import { valkeyStore } from '../../src/valkey-store.ts'
import { type RunningValkey, startValkey } from '../a-valkey.ts'

const KEEP_MS = 60_000

function keepsTheContract(open: () => readonly [TokenStore, TokenStore]): void {
  let keys = 0
  const aKey = (): string => `slot${String(++keys)}`

  test('an empty register also has a version', async () => {
    const [store] = open()
    const { version, text, now } = await store.read(aKey())
    expect(text).toBeUndefined()
    expect(typeof version).toBe('string')
    expect(now).toBeGreaterThan(0)
  })

  test('a process reads the text that another process stored, and every replacement changes the version', async () => {
    const [one, other] = open()
    const key = aKey()
    const versions = new Set<string>()
    for (const text of ['a', 'b', 'c', 'b']) {
      const { version } = await one.read(key)
      versions.add(version)
      expect(await one.replace(key, version, text, KEEP_MS)).toBe(true)
      expect((await other.read(key)).text).toBe(text)
    }
    expect(versions.size).toBe(4)
  })

  test('a replacement under one key does not change the text of another key', async () => {
    const [store] = open()
    const [key, another] = [aKey(), aKey()]
    await store.replace(key, (await store.read(key)).version, 'a', KEEP_MS)
    expect((await store.read(another)).text).toBeUndefined()
  })

  test('a replacement that names an outdated version changes nothing, however long ago that version was read', async () => {
    const [one, other] = open()
    const key = aKey()
    const { version: old } = await one.read(key)
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      expect(await other.replace(key, (await other.read(key)).version, text, KEEP_MS)).toBe(true)
      expect(await one.replace(key, old, 'late', KEEP_MS)).toBe(false)
      expect((await one.read(key)).text).toBe(text)
    }
  })

  test('if many processes replace the same version at once, exactly one of them succeeds', async () => {
    const stores = open()
    const key = aKey()
    for (let round = 0; round < 20; round++) {
      const { version } = await stores[0].read(key)
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const text = `round ${String(round)}, writer ${String(index)}`
          return (await (index % 2 === 0 ? stores[0] : stores[1]).replace(key, version, text, KEEP_MS))
            ? text
            : undefined
        }),
      )
      const winners = outcomes.filter((text) => text !== undefined)
      expect(winners).toHaveLength(1)
      expect((await stores[1].read(key)).text).toBe(winners[0])
    }
  })

  test('counting by compare-and-swap loses no count', async () => {
    const stores = open()
    const key = aKey()
    const count = async (store: TokenStore): Promise<void> => {
      for (let done = 0; done < 10;) {
        const { version, text = '0' } = await store.read(key)
        if (await store.replace(key, version, String(Number(text) + 1), KEEP_MS)) done++
      }
    }
    await Promise.all([...stores, ...stores].map(count))
    expect((await stores[0].read(key)).text).toBe('40')
  })

  test('all processes that share the store read the same monotonic clock', async () => {
    const [one, other] = open()
    const key = aKey()
    const times: number[] = []
    for (let time = 0; time < 5; time++) times.push((await one.read(key)).now, (await other.read(key)).now)
    expect(times).toEqual(times.toSorted((earlier, later) => earlier - later))
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(5000)
  })
}

describe('memory', () => {
  const store = memoryStore()
  keepsTheContract(() => [store, store])
})

describe('files', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'latchkey-client-')), 'tokens')
  afterAll(() => {
    rmSync(join(folder, '..'), { recursive: true, force: true })
  })
  keepsTheContract(() => [fileStore({ folder }), fileStore({ folder })])
})

describe.skipIf(!has('valkey-server'))('Valkey', () => {
  let valkey: RunningValkey
  let stores: readonly [TokenStore, TokenStore]
  beforeAll(async () => {
    valkey = await startValkey()
    stores = [valkeyStore({ client: valkey.connect() }), valkeyStore({ client: valkey.connect() })]
  })
  afterAll(() => valkey.stop())
  keepsTheContract(() => stores)

  test.each([
    ['a text', ['SET', 'latchkey:other', 'x']],
    ['a list', ['RPUSH', 'latchkey:other', 'x', 'y']],
    ['a hash with other fields', ['HSET', 'latchkey:other', 'owner', 'x']],
    ['a hash with a text of 20 MB', ['HSET', 'latchkey:other', 'version', '1', 'text', 'x'.repeat(20_000_000)]],
    ['a hash with a version of 1 MB', ['HSET', 'latchkey:other', 'version', 'x'.repeat(1_000_000), 'text', 'x']],
  ])(
    '%s that another program put under the key counts as empty and is replaced',
    async (_what, [name = '', ...rest]) => {
      const client = valkey.connect()
      await client.call(name, ...rest)
      const { version, text } = await stores[0].read('other')
      expect({ version, text }).toEqual({ version: '', text: undefined })
      expect(await stores[0].replace('other', version, 'ours', KEEP_MS)).toBe(true)
      expect((await stores[1].read('other')).text).toBe('ours')
      await client.del('latchkey:other')
    },
  )
})
