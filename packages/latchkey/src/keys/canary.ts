// The canary is a sealed text in the store. When a server starts, it decrypts the canary to check that its master key
// belongs to the store. So a server with a wrong key stops before it reads or writes other values.
import type { StoreFormat } from '../ports/row-seal.ts'
import { type Sealing, SealError } from './sealing.ts'

const PLACE = { table: 'store', row: '1', field: 'canary' }
const TEXTS: Readonly<Record<StoreFormat, string>> = {
  plain_rows: 'this store and this master key belong together',
  sealed_rows: 'this store and this master key belong together; its rows carry MACs',
  sealed_slots: 'this store and this master key belong together; its rows and its slots carry MACs',
}

const FORMATS = new Map(Object.entries(TEXTS).map(([format, text]) => [text, format as StoreFormat]))

/** Thrown if the store was created with a different master key. */
export class WrongMasterKeyError extends Error {
  readonly code = 'wrong_master_key'

  constructor(options: ErrorOptions) {
    super(
      'The master key is not the key with which this store was created. The server changed nothing. Start the server with the right key in LATCHKEY_MASTER_KEY or LATCHKEY_MASTER_KEY_FILE. Without the right key, the sealed signing keys and client secrets are lost.',
      options,
    )
    this.name = 'WrongMasterKeyError'
  }
}

/** Returns the canary of a new store. */
export const sealCanary = (sealing: Sealing): Uint8Array => sealing.seal(PLACE, Buffer.from(TEXTS.sealed_slots))

/** Returns the format that the canary states. Throws `WrongMasterKeyError` if another master key sealed the canary. */
export function openCanary(sealing: Sealing, sealed: Uint8Array): StoreFormat {
  try {
    return FORMATS.get(sealing.open(PLACE, sealed).toString()) ?? 'sealed_slots'
  } catch (cause) {
    if (cause instanceof SealError) throw new WrongMasterKeyError({ cause })
    throw cause
  }
}
