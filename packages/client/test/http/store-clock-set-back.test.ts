// A store whose clock is set back by an hour, as may happen to a Valkey server.
import { Secret } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/memory-store.ts'
import { type SlotRecord, SlotRegister } from '../../src/slot-record.ts'
import { sealingUnder } from '../../src/sealing.ts'
import type { TokenStore } from '../../src/token-store.ts'
import { aManager } from '../a-manager.ts'
import { aReferenceServer, CLIENT_ID, CLIENT_SECRET } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

const HOUR = 3_600_000

/** A manager, the contents of its register, and its store with a clock that the test can set. */
async function setting() {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const storeClock = { offset: 2 * HOUR, now: () => clock.now() + storeClock.offset }
  const inMemory = memoryStore(storeClock)
  const keys = new Set<string>()
  const store: TokenStore = {
    read: (key) => inMemory.read((keys.add(key), key)),
    replace: (...replacing) => inMemory.replace(...replacing),
  }
  const { manager } = aManager(server, clock, { store })
  const put = async (record: (now: number) => SlotRecord): Promise<void> => {
    const [key = ''] = keys
    const register = new SlotRegister(key, {
      store: inMemory,
      sealing: sealingUnder(CLIENT_ID, new Secret(CLIENT_SECRET)),
      clock,
    })
    await register.replace(await register.read(), record(storeClock.now()))
  }
  return { clock, server, storeClock, manager, put }
}

test('after the clock was set back an hour, the lease of a crashed process does not block the other processes for that hour', async () => {
  const { clock, server, storeClock, manager, put } = await setting()
  await clock.until(manager.getToken())
  await put((now) => ({ fence: 7, cutShort: 0, lease: { holder: 'another', until: now + 8000 } }))
  clock.advance(HOUR)
  storeClock.offset -= 2 * HOUR
  expect(await clock.until(manager.getToken())).toBeTypeOf('string')
  expect(server.counts.issued).toBe(2)
})

test('after the clock was set back an hour, a pause after a failed request does not last for that hour', async () => {
  const { clock, server, storeClock, manager } = await setting()
  server.meddle = (_request, response) => {
    response.writeHead(503).end()
    return true
  }
  await expect(clock.until(manager.getToken())).rejects.toThrow()
  server.meddle = () => false
  storeClock.offset -= HOUR
  expect(await clock.until(manager.getToken())).toBeTypeOf('string')
})
