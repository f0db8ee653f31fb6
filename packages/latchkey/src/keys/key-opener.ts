// Opens the signing keys of the store. Each key is opened only once: its key objects stay the same when its status
// changes, so cached signatures stay valid.
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Sealing } from './sealing.ts'
import { type OpenedKey, openSigningKey } from './signing-keys.ts'

/** Returns the opened keys of these records. Throws as `openSigningKey` does. */
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
