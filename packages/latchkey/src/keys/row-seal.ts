// The MACs of the store's rows, and the canary: a sealed text in the store that states whether the rows have MACs.
import type { RowSeal } from '../ports/row-seal.ts'
import { openCanary, sealCanary } from './canary.ts'
import type { DerivedKeys } from './derived-keys.ts'
import { createHmacSha256 } from './hmac-sha256.ts'
import { Sealing } from './sealing.ts'

export function createRowSeal({ rowMac, keySealing }: Pick<DerivedKeys, 'rowMac' | 'keySealing'>): RowSeal {
  const sealing = new Sealing(keySealing)
  const hmac = createHmacSha256(rowMac, 'hex')
  return {
    mac: (text) => hmac(text, 'utf8'),
    formatOf: (canary) => openCanary(sealing, canary),
    newCanary: () => sealCanary(sealing),
  }
}
