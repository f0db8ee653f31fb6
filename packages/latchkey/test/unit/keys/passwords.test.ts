// Passwords are hashed with Argon2id, and the number of simultaneous hashes is limited.
import { randomBytes } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { Secret } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { deriveKeys } from '../../../src/keys/derived-keys.ts'
import { MasterKey } from '../../../src/keys/master-key.ts'
import { createPasswords } from '../../../src/keys/passwords.ts'
import { someDerivedKeys } from './a-key-set.ts'

const password = new Secret('three blind mice ran')

test('a hash names its parameters, has its own salt and matches only its own password', async () => {
  const passwords = createPasswords(someDerivedKeys())
  const [one, two] = [await passwords.hash(password, 'opr_1'), await passwords.hash(password, 'opr_1')]
  if (!one.ok || !two.ok) throw new Error('busy')
  expect(one.value).toMatch(/^k1:\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one.value).not.toBe(two.value)
  expect(await passwords.matches(password, { operatorId: 'opr_1', hash: one.value })).toEqual({ ok: true, value: true })
  expect(await passwords.matches(new Secret('three blind mice run'), { operatorId: 'opr_1', hash: one.value })).toEqual(
    { ok: true, value: false },
  )
})

test('a hash matches only for its operator and under its own master key', async () => {
  const passwords = createPasswords(someDerivedKeys())
  const hashed = await passwords.hash(password, 'opr_1')
  if (!hashed.ok) throw new Error('busy')
  expect(passwords.isKeyed(hashed.value)).toBe(true)
  expect(await passwords.matches(password, { operatorId: 'opr_2', hash: hashed.value })).toEqual({
    ok: true,
    value: false,
  })
  const others = createPasswords(deriveKeys(new MasterKey(randomBytes(32))))
  expect(await others.matches(password, { operatorId: 'opr_1', hash: hashed.value })).toEqual({
    ok: true,
    value: false,
  })
})

test('a hash that an older version made without a key still matches, and is distinguished from the other hashes', async () => {
  const passwords = createPasswords(someDerivedKeys())
  const old = await hash(password.reveal(), { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
  expect(passwords.isKeyed(old)).toBe(false)
  expect(await passwords.matches(password, { operatorId: 'opr_1', hash: old })).toEqual({ ok: true, value: true })
})

test('an unknown account takes as long as a known one, and matches nothing', async () => {
  const passwords = createPasswords(someDerivedKeys())
  const known = await passwords.hash(password, 'opr_1')
  // The shortest of several times counts, because other work on the machine can only make a run slower.
  const took = async (hash: string | undefined) => {
    let quickest = Infinity
    for (let times = 0; times < 8; times++) {
      const began = performance.now()
      await passwords.matches(password, hash === undefined ? undefined : { operatorId: 'opr_1', hash })
      quickest = Math.min(quickest, performance.now() - began)
    }
    return quickest
  }
  const [there, absent] = [await took(known.ok ? known.value : ''), await took(undefined)]
  // Without a hash, the time would be a thousandth of this.
  expect(absent).toBeGreaterThan(there / 4)
  expect(await passwords.matches(password, undefined)).toEqual({ ok: true, value: false })
})

test('while twenty hashes wait the next hash is refused at once, and later hashes succeed', async () => {
  const passwords = createPasswords(someDerivedKeys())
  const requested = Array.from({ length: 30 }, () => passwords.matches(password, undefined))
  const outcomes = await Promise.all(requested)
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(21)
  expect(outcomes.filter(({ ok }) => !ok)).toEqual(Array(9).fill({ ok: false, refusal: { reason: 'passwords_busy' } }))
  expect(await passwords.matches(password, undefined)).toMatchObject({ ok: true })
})
