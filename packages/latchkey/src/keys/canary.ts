// Tells at start whether the master key is the store's own, before anything is read or written under a wrong one.
import { type Sealing, SealError } from './sealing.ts'

const PLACE = { table: 'store', row: '1', field: 'canary' }
const SONG = Buffer.from('this store and this master key belong together')

/** The master key is not the one that the store was made with. */
export class WrongMasterKeyError extends Error {
  readonly code = 'wrong_master_key'

  constructor(options: ErrorOptions) {
    super(
      'The master key is not the one this store was made with. Nothing was changed. Start with the right key in LATCHKEY_MASTER_KEY or LATCHKEY_MASTER_KEY_FILE; without it the sealed signing keys and client secrets are lost.',
      options,
    )
    this.name = 'WrongMasterKeyError'
  }
}

/** The bytes to keep in a new store. */
export const sealCanary = (sealing: Sealing): Uint8Array => sealing.seal(PLACE, SONG)

/** Throws `WrongMasterKeyError` unless the canary was sealed under the same master key. */
export function openCanary(sealing: Sealing, sealed: Uint8Array): void {
  try {
    sealing.open(PLACE, sealed)
  } catch (cause) {
    if (cause instanceof SealError) throw new WrongMasterKeyError({ cause })
    throw cause
  }
}
