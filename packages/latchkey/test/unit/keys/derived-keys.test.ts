// The keys derived for single purposes.
import type { KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { deriveKeys } from '../../../src/keys/derived-keys.ts'
import { MasterKey } from '../../../src/keys/master-key.ts'

const hexOf = (fill: number) => {
  const keys = Object.entries<KeyObject>({ ...deriveKeys(new MasterKey(Buffer.alloc(32, fill))) })
  return Object.fromEntries(keys.map(([name, key]) => [name, key.export().toString('hex')]))
}

// Computed independently: PRK is HMAC-SHA-256 with 32 zero bytes as key, and the key is the HMAC of label and 0x01 under PRK.
test('the derived keys of a known master key never change', () => {
  expect(hexOf(7)).toEqual({
    pepper: '9dc62d14fcbcb20202a64754f15e4584fcfdc9cabaac1e1e8567e27a20841bd4',
    secretSealing: '7ce2dc561ae3ed13d6c37dc5b323aedc69db951ebd35f84a8c925cabeefbd106',
    keySealing: '22f88b92f391e32c59b6854de42d064bc1019013b67ed1255a3fe997b31e9be1',
    auditMac: '142739b8239392a5ef86f681b139563b3afdbe7c8d8624e01654c50a9b519624',
    passwords: 'c62449bfeccf6e76f728098411302c7eb8ebcea6f45e84b35c21aa630ff75080',
    rowMac: '4966958ac957d60a6e9a0ea44f8cafe7a1ad43c78d42d3a7fb89d9b80212e3e8',
    sessions: '4a1f48bc6b83cd41f6c9cb938633799afc1864ed24cab0febd2490121227d1c8',
    backupSeal: '7774136d472d92b20fd93973dd0d3aa38f4888f8d5392dcf082f8c2b46d5d8ab',
  })
})

test('every purpose and every master key has a different derived key', () => {
  const all = [...Object.values(hexOf(1)), ...Object.values(hexOf(2))]
  expect(new Set(all).size).toBe(16)
})

test('derived keys cannot be printed', () => {
  const keys = deriveKeys(new MasterKey(Buffer.alloc(32, 7)))
  const printed = inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys)
  for (const hex of Object.values(hexOf(7))) {
    expect(printed).not.toContain(hex)
    expect(printed).not.toContain(Buffer.from(hex, 'hex').toString('base64'))
  }
})
