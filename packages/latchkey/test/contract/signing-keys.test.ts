// The signing keys in the store: exactly one key signs at any time, and no token becomes live if its key no longer
// signs.
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { REPLACE } from '../../src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { type SigningKeyRecord, signingKeyOf } from '../../src/domain/signing-key.ts'
import { advanceSigningKeys } from '../../src/operations/advance-signing-keys.ts'
import type { Signer } from '../../src/ports/signer.ts'
import type { SigningKeys } from '../../src/ports/signing-keys.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { systemRandom } from '../../src/system.ts'
import { aStoreFile, attempt, newIntegration, openStore, PLAIN_CANARY } from '../a-store.ts'
import { embedded, type EngineUnderTest, ENGINES } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import {
  ADVANCE,
  boot,
  change,
  done,
  FIRST,
  LIFETIME,
  PUBLISH,
  revocation,
  statuses,
  untilTheDisk,
  upTo,
} from '../key-changes.ts'

/** Converts the bytes to numbers, because the engines return bytes as different array types. */
const inNumbers = (key: SigningKeyRecord) => ({ ...key, sealedPrivateKey: [...key.sealedPrivateKey] })

/** A signer that signs only when the test tells it to. The text of a token is the name of its key. */
class HeldSigner implements Signer {
  kid = ''
  #free = Promise.resolve()
  #release = (): void => undefined

  constructor(keys: SigningKeys) {
    keys.onChange((changed) => {
      this.kid = signingKeyOf(changed)?.kid ?? ''
    })
  }

  hold(): void {
    this.#free = new Promise((resolve) => (this.#release = resolve))
  }

  release(): void {
    this.#release()
  }

  sign: Signer['sign'] = (_claims, signed) => {
    const { kid } = this
    void this.#free.then(() => {
      signed(undefined, kid)
    })
  }
}

async function aStoreThatSigns(engine: EngineUnderTest) {
  const store = await engine.open(await engine.aPlace())
  const signer = new HeldSigner(store.signingKeys)
  await change(store.signingKeys, FIRST)
  await store.integrations.create(
    [newIntegration('lkone', REPLACE, 60), newIntegration('lkstable', { kind: 'stable', renewBeforeSeconds: 60 })],
    [],
  )
  const slots = store.slots({ signer, issuer: 'https://issuer.test', ...LIFETIME, random: systemRandom })
  const issue = async (...of: Parameters<typeof attempt>) => {
    const issued = await issueFrom(slots, attempt(...of))
    if (!issued.ok) throw new Error(issued.refusal.reason)
    return issued.value
  }
  return { ...store, signer, slots, issue }
}

describe.each(ENGINES)('on $name', (engine) => {
  describe('a token that is being signed', () => {
    test('becomes live with a signature of the new signing key if its first key is revoked', async () => {
      const store = await aStoreThatSigns(engine)
      store.signer.hold()
      const requested = store.issue('lkone')
      await change(store.signingKeys, revocation('first'))
      store.signer.release()
      const { text, token } = await requested
      expect(text).toBe('substitute')
      expect((await store.slots.read('lkone', PREDICT))?.live).toEqual(token)
      await store.close()
    })

    test('becomes live with a signature of the new signing key if its first key is retired', async () => {
      const store = await aStoreThatSigns(engine)
      await change(store.signingKeys, PUBLISH)
      store.clock.advance(600)
      store.signer.hold()
      const requested = store.issue('lkone')
      await change(store.signingKeys, ADVANCE)
      store.signer.release()
      expect((await requested).text).toBe('second')
      await store.close()
    })

    test('is signed again with another key if its first key is revoked in the same commit', async () => {
      const store = await aStoreThatSigns(engine)
      const [issued] = await Promise.all([store.issue('lkone'), change(store.signingKeys, revocation('first'))])
      const live = (await store.slots.read('lkone', PREDICT))?.live
      // The token and the revocation of its key may be committed in either order. After both commits, no token of the
      // revoked key may be live.
      expect(live === undefined ? 'first' : 'substitute').toBe(issued.text)
      await store.close()
    })

    test('becomes a new token for an integration in stable mode if the key of the live token is revoked', async () => {
      const store = await aStoreThatSigns(engine)
      const before = await store.issue('lkstable')
      store.signer.hold()
      const requested = store.issue('lkstable')
      await change(store.signingKeys, revocation('first'))
      store.signer.release()
      const after = await requested
      expect(after).toMatchObject({ text: 'substitute', kind: 'issued' })
      expect(after.token.generation).toBeGreaterThan(before.token.generation)
      await store.close()
    })
  })

  describe('the revocation of a key', () => {
    test('ends the live tokens that were issued while the key signed, and no other tokens', async () => {
      const store = await aStoreThatSigns(engine)
      const old = await store.issue('lkone', PREDICT)
      await change(store.signingKeys, PUBLISH)
      store.clock.advance(600)
      await change(store.signingKeys, ADVANCE)
      store.clock.advance(60)
      const young = await store.issue('lkone', MODEL)

      const revoked = await change(store.signingKeys, revocation('first'))
      expect(revoked).toMatchObject({ ok: true, value: { endedTokens: 1 } })
      const slot = await store.slots.read('lkone', PREDICT)
      expect(slot).toMatchObject({ live: undefined, revokedGeneration: old.token.generation })
      expect((await store.slots.read('lkone', MODEL))?.live).toEqual(young.token)
      await store.close()
    })

    test('ends a superseded token during its grace, but not the newer token of another key', async () => {
      const store = await aStoreThatSigns(engine)
      await change(store.signingKeys, PUBLISH)
      store.clock.advance(590)
      const old = await store.issue('lkone')
      store.clock.advance(10)
      await change(store.signingKeys, ADVANCE)
      store.clock.advance(2)
      const young = await store.issue('lkone')
      expect((await store.slots.read('lkone', PREDICT))?.predecessor?.token).toEqual(old.token)

      await change(store.signingKeys, revocation('first'))
      expect(await store.slots.read('lkone', PREDICT)).toMatchObject({ live: young.token, predecessor: undefined })
      await store.close()
    })

    test('is still in force after the store was opened again, and the ended tokens stay ended', async () => {
      const place = await engine.aPlace()
      const before = await engine.open(place)
      await change(before.signingKeys, FIRST)
      await before.integrations.create([newIntegration('lkone')], [])
      await issueFrom(before.tokens, attempt('lkone'))
      await change(before.signingKeys, revocation('first'))
      const keys = await before.signingKeys.all()
      await before.close()

      const after = await engine.open(place)
      expect((await after.signingKeys.all()).map(inNumbers)).toEqual(keys.map(inNumbers))
      expect((await after.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
      await after.close()
    })
  })
})

// These tests use a simulated disk. On PostgreSQL a change of the keys is one atomic statement.
describe('a rotation that is interrupted', () => {
  const STEPS = [
    { name: 'publishing', before: [FIRST], step: PUBLISH, wait: 0 },
    { name: 'activating', before: [FIRST, PUBLISH], step: ADVANCE, wait: 600 },
    { name: 'removing', before: [FIRST, PUBLISH, ADVANCE], step: ADVANCE, wait: 3600 },
    { name: 'revoking', before: [FIRST, PUBLISH], step: revocation('first'), wait: 0 },
  ]

  test.each(STEPS)('before the step "$name" is durable continues with the old keys', async (at) => {
    const { disk, clock, store } = await upTo(at)
    const keys = await store.signingKeys.all()
    void change(store.signingKeys, at.step)
    await untilTheDisk()
    const next = await boot(disk.crash(), clock)
    expect(await next.signingKeys.all()).toEqual(keys)
    expect(signingKeyOf(await next.signingKeys.all())).toBeDefined()
  })

  test.each(STEPS)('after the step "$name" is durable continues with the new keys', async (at) => {
    const { disk, clock, store } = await upTo(at)
    await done(disk, change(store.signingKeys, at.step))
    const keys = await store.signingKeys.all()
    const next = await boot(disk.crash(), clock)
    expect(await next.signingKeys.all()).toEqual(keys)
    expect(signingKeyOf(await next.signingKeys.all())).toBeDefined()
  })

  test('takes all steps that came due during the interruption, each in its own commit', async () => {
    const { disk, clock, store } = await upTo({ before: [FIRST, PUBLISH], wait: 90_000 })
    expect(await statuses(store.signingKeys)).toEqual({ first: 'signing', second: 'next' })
    const reborn = disk.crash()
    const next = await boot(reborn, clock)
    const ports = { signingKeys: next.signingKeys, clock, tokenLifetimeSeconds: 3600 }
    await done(reborn, advanceSigningKeys(ports))
    expect(await statuses(next.signingKeys)).toEqual({ first: 'retired', second: 'signing' })
    clock.advance(3600)
    await done(reborn, advanceSigningKeys(ports))
    expect(await statuses(next.signingKeys)).toEqual({ second: 'signing' })
  })

  test.each([
    ['written', { first: 'retired', second: 'signing' }],
    ['lost', { first: 'signing', second: 'next' }],
  ] as const)('by a failed commit, which was %s, reports the keys as they are on the disk', async (outcome, found) => {
    const { disk, store } = await upTo({ before: [FIRST, PUBLISH], wait: 600 })
    const reported: (readonly SigningKeyRecord[])[] = []
    store.signingKeys.onChange((keys) => reported.push(keys))
    const failing = change(store.signingKeys, ADVANCE)
    const failed = expect(failing).rejects.toThrow(StoreUnavailable)
    await untilTheDisk()
    disk.fail(outcome)
    await failed
    await untilTheDisk()
    expect(await statuses(store.signingKeys)).toEqual(found)
    expect(reported.at(-1)).toEqual(await store.signingKeys.all())
  })
})

test('signing keys from a version without rotations get the dates that are known from the store', async () => {
  const file = aStoreFile()
  const database = new DatabaseSync(file)
  database.exec(MIGRATIONS[0] ?? '')
  database.exec('PRAGMA user_version = 1')
  const insert = database.prepare(`INSERT INTO signing_key VALUES (?, 'EdDSA', ?, '{}', x'', ?, ?)`)
  insert.run('first', 'retired', 1000, 200_000)
  insert.run('second', 'signing', 113_600, null)
  database.exec(`UPDATE store SET canary = ${embedded.bytes(PLAIN_CANARY)}`)
  database.close()

  const store = await openStore(file)
  // In a version without rotations a retired key was kept for the longest possible lifetime of a token.
  expect(await store.signingKeys.all()).toMatchObject([
    { kid: 'first', signsFrom: 1000, retiredAt: 113_600, revokedAt: null, acceptedUntil: 200_000 },
    { kid: 'second', signsFrom: 113_600, retiredAt: null, revokedAt: null, acceptedUntil: null },
  ])
  await store.close()
})
