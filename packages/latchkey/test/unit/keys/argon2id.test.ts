// The hashes of Node's own Argon2id and those of the native add-on are interchangeable.
import { hash, verify } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { hashArgon2id, isArgon2idOf } from '../../../src/keys/argon2id.ts'

const PARAMETERS = { memory: 256, passes: 2, parallelism: 1 }
const SECRET = Buffer.alloc(32, 7)

test.each([
  ['without a secret', undefined],
  ['with a secret', SECRET],
])(
  'another implementation of Argon2id accepts a hash %s, but only for the password of that hash',
  async (_, secret) => {
    const keyed = { password: 'three blind mice – ran', ...(secret !== undefined && { secret }) }
    const options = secret === undefined ? {} : { secret }
    const ours = await hashArgon2id(keyed, PARAMETERS)
    expect(ours).toMatch(/^\$argon2id\$v=19\$m=256,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(await verify(ours, keyed.password, options)).toBe(true)
    expect(await verify(ours, 'another', options)).toBe(false)
    const theirs = await hash(keyed.password, { memoryCost: 300, timeCost: 3, parallelism: 2, ...options })
    expect(await isArgon2idOf(theirs, keyed)).toBe(true)
    expect(await isArgon2idOf(theirs, { ...keyed, password: 'another' })).toBe(false)
  },
)

test('a hash matches only under its own secret', async () => {
  const text = await hashArgon2id({ password: 'one', secret: SECRET }, PARAMETERS)
  expect(await isArgon2idOf(text, { password: 'one', secret: SECRET })).toBe(true)
  expect(await isArgon2idOf(text, { password: 'one', secret: Buffer.alloc(32, 8) })).toBe(false)
  expect(await isArgon2idOf(text, { password: 'one' })).toBe(false)
})

test('a text that is not a hash is refused as such, and not as a wrong password', async () => {
  await expect(isArgon2idOf('$argon2i$v=19$m=256,t=2,p=1$AAAA$AAAA', { password: 'one' })).rejects.toThrow(
    'does not have the text form of an Argon2id hash',
  )
})
