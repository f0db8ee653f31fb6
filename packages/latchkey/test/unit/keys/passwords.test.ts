// Passwords: hashed with Argon2id, and no more of that at once than the server can bear.
import { Secret } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { createPasswords } from '../../../src/keys/passwords.ts'

const password = new Secret('three blind mice ran')

test('a hash names its parameters, has a salt of its own and matches its password alone', async () => {
  const passwords = createPasswords()
  const [one, two] = [await passwords.hash(password), await passwords.hash(password)]
  if (!one.ok || !two.ok) throw new Error('busy')
  expect(one.value).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one.value).not.toBe(two.value)
  expect(await passwords.matches(password, one.value)).toEqual({ ok: true, value: true })
  expect(await passwords.matches(new Secret('three blind mice run'), one.value)).toEqual({ ok: true, value: false })
})

test('an account that is not there costs as much as one that is, and matches nothing', async () => {
  const passwords = createPasswords()
  const known = await passwords.hash(password)
  // The quickest of several: what else the machine does makes times longer, never shorter.
  const took = async (hash: string | undefined) => {
    let quickest = Infinity
    for (let times = 0; times < 8; times++) {
      const began = performance.now()
      await passwords.matches(password, hash)
      quickest = Math.min(quickest, performance.now() - began)
    }
    return quickest
  }
  const [there, absent] = [await took(known.ok ? known.value : ''), await took(undefined)]
  // Without the work it would be a thousandth.
  expect(absent).toBeGreaterThan(there / 4)
  expect(await passwords.matches(password, undefined)).toEqual({ ok: true, value: false })
})

test('beyond twenty who wait it is refused at once, and then it goes on', async () => {
  const passwords = createPasswords()
  const asked = Array.from({ length: 30 }, () => passwords.matches(password, undefined))
  const outcomes = await Promise.all(asked)
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(21)
  expect(outcomes.filter(({ ok }) => !ok)).toEqual(Array(9).fill({ ok: false, refusal: { reason: 'passwords_busy' } }))
  expect(await passwords.matches(password, undefined)).toMatchObject({ ok: true })
})
