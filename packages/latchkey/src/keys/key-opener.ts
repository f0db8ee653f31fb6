// Decrypts the signing keys of the store, each only once. The key objects of a key stay the same when its status
// changes, so cached signatures stay valid.
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Sealing } from './sealing.ts'
import { type OpenedKey, openSigningKey } from './signing-keys.ts'

/** Returns the decrypted keys of these records. Throws the errors of `openSigningKey`. */
export type KeyOpener = (records: readonly SigningKeyRecord[]) => readonly OpenedKey[]

export function createKeyOpener(sealing: Sealing): KeyOpener {
  let opened: ReadonlyMap<string, OpenedKey> = new Map()
  return (records) => {
    const keys = records.map((record) => {
      const known = opened.get(record.kid)
      return known === undefined ? openSigningKey(record, sealing) : { ...known, record }
    })
    opened = new Map(keys.map((key) => [key.record.kid, key]))
    return keys
  }
}
