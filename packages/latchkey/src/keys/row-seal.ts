// The MACs of the store's rows, and the canary that says whether the rows carry them.
import { createHmac } from 'node:crypto'
import type { RowSeal } from '../ports/row-seal.ts'
import { openCanary, sealCanary } from './canary.ts'
import type { DerivedKeys } from './derived-keys.ts'
import { Sealing } from './sealing.ts'

export function createRowSeal({ rowMac, keySealing }: Pick<DerivedKeys, 'rowMac' | 'keySealing'>): RowSeal {
  const sealing = new Sealing(keySealing)
  return {
    mac: (text) => createHmac('sha256', rowMac).update(text).digest(),
    saysRowsAreSealed: (canary) => openCanary(sealing, canary) === 'sealed_rows',
    newCanary: () => sealCanary(sealing),
  }
}
