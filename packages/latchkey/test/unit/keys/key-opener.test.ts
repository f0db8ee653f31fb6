// A signing key is opened once, even if its status changes.
import { expect, test } from 'vitest'
import { KeySet } from '../../../src/keys/key-set.ts'
import { createKeyOpener } from '../../../src/keys/key-opener.ts'
import { Sealing } from '../../../src/keys/sealing.ts'
import { generateSigningKey } from '../../../src/keys/signing-keys.ts'
import { createTokenSignatures } from '../../../src/keys/token-signatures.ts'
import { ISSUER, NOW, someClaims, someDerivedKeys } from './a-key-set.ts'
import { aToken } from './a-signer.ts'

const sealing = new Sealing(someDerivedKeys().keySealing)
const aKey = (status: 'next' | 'signing') => generateSigningKey({ alg: 'ES256', status, createdAt: NOW, sealing })

test('a cached signature stays valid when its key is retired', async () => {
  const [first, second] = [await aKey('signing'), await aKey('next')]
  const open = createKeyOpener(sealing)
  const keySet = new KeySet(open([first, second]), NOW)
  const signatures = createTokenSignatures({ keySet, issuer: ISSUER, cacheSize: 10 })
  const token = await aToken(keySet, someClaims())
  const before = signatures.verify(token)
  expect(before.ok).toBe(true)

  const retired = { ...first, status: 'retired', retiredAt: NOW, acceptedUntil: NOW + 3600 } as const
  keySet.replace(open([retired, { ...second, status: 'signing' }]), NOW)
  expect(keySet.accepted(first.kid)?.record).toBe(retired)
  // This is the same object as before, so the server does not verify the signature again.
  expect(signatures.verify(token)).toBe(before)
})

test('a key that was removed and added again is opened again', async () => {
  const [first, second] = [await aKey('signing'), await aKey('signing')]
  const open = createKeyOpener(sealing)
  const [before] = open([first])
  open([second])
  expect(open([first])[0]?.publicKey).not.toBe(before?.publicKey)
})
