// The trusted issuers in memory, the oldest first.
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { Disk } from '../rows/disk.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { readTrustedIssuer } from '../rows/trusted-issuer-rows.ts'
import { Snapshot } from './snapshot.ts'

export type TrustedIssuerSnapshot = Snapshot<readonly TrustedIssuer[]>

export const loadTrustedIssuers = (disk: Disk, macs: RowMacs): Promise<TrustedIssuerSnapshot> =>
  Snapshot.load('trusted_issuers', async () =>
    (await disk.read('trusted_issuers')).map((row) => macs.checked('trusted_issuer', readTrustedIssuer(row), row)),
  )
