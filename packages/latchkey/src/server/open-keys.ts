// Reads or makes the master key at the start, and checks that it belongs to the store.
import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { openCanary } from '../keys/canary.ts'
import { type DerivedKeys, deriveKeys } from '../keys/derived-keys.ts'
import { type MasterKey, MasterKeyError, readMasterKey } from '../keys/master-key.ts'
import { createMasterKeyFile, readMasterKeyFile } from '../keys/master-key-file.ts'
import { Sealing } from '../keys/sealing.ts'

export interface OpenedKeys {
  readonly derived: DerivedKeys
  /** Seals signing keys and the canary (a value by which a start recognizes the right master key). */
  readonly sealing: Sealing
}

/**
 * `canary` is the sealed value of the store by which the right master key is recognized, and undefined for a new store.
 * Only a new store may get a new key in the data folder, because another key cannot open the contents of an existing
 * store. Throws `MasterKeyError` and `WrongMasterKeyError`.
 */
export async function openKeys(
  source: Config['masterKey'],
  folderKeyFile: string,
  canary: Uint8Array | undefined,
): Promise<OpenedKeys> {
  const derived = deriveKeys(await masterKey(source, folderKeyFile, canary === undefined))
  const sealing = new Sealing(derived.keySealing)
  if (canary !== undefined) openCanary(sealing, canary)
  return { derived, sealing }
}

/** Reads the keys without checking them against a store. Never makes a master key. Throws `MasterKeyError`. */
export const readKeys = async (source: Config['masterKey'], folderKeyFile: string): Promise<DerivedKeys> =>
  deriveKeys(await masterKey(source, folderKeyFile, false))

async function masterKey(source: Config['masterKey'], folderKeyFile: string, isNewStore: boolean): Promise<MasterKey> {
  switch (source.kind) {
    case 'text':
      return readMasterKey(source.value.reveal())
    case 'file':
      return readMasterKeyFile(source.path)
    case 'data-folder': {
      if (existsSync(folderKeyFile)) return readMasterKeyFile(folderKeyFile)
      if (isNewStore) return createMasterKeyFile(folderKeyFile)
      throw new MasterKeyError(
        `${folderKeyFile} is missing, and the server cannot read this store without it. Restore the file, or set LATCHKEY_MASTER_KEY to the key.`,
      )
    }
  }
}
