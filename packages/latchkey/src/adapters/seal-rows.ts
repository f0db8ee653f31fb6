// Adds the MACs to the rows of an older store: once, with the master key. The canary records that it was done.
import type { RowSeal } from '../ports/row-seal.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { storedIntegrationPages } from '../state/load.ts'
import { readAdminKey, readSigningKey } from '../rows/catalog-rows.ts'
import { readLink, readOperator, readSession } from '../rows/people-rows.ts'
import type { RowMacs } from '../rows/row-macs.ts'

/**
 * Does nothing if the canary states that the rows carry MACs: from then on a row without one is damaged. Before that, the
 * server trusts the content of the rows. If the process dies, the next start continues. Several servers that start
 * together each write the MACs that are missing.
 */
export async function sealRows(disk: Disk, seal: RowSeal, macs: RowMacs): Promise<'had_macs' | 'sealed_now'> {
  const [store] = await disk.read('store')
  const canary = store?.['canary']
  // A store without a canary has no rows yet.
  if (!(canary instanceof Uint8Array) || seal.formatOf(canary) !== 'plain_rows') return 'had_macs'
  for await (const page of storedIntegrationPages(disk)) {
    const missing = page.filter(([state, row]) => !macs.fits('integration', state, row))
    if (missing.length > 0) await disk.commit(missing.map(([state]) => macs.write('integration', state)))
  }
  // The limits of the admin API keep these below some thousands.
  const writes: Write[] = [
    ...(await disk.read('operators')).map((row) => macs.write('operator', readOperator(row))),
    ...(await disk.read('sessions')).map((row) => macs.write('session', readSession(row))),
    ...(await disk.read('set_up_links')).map((row) => macs.write('set_up_link', readLink(row))),
    ...(await disk.read('admin_keys')).map((row) => macs.write('admin_key', readAdminKey(row))),
    ...(await disk.read('signing_keys')).map((row) => macs.write('signing_key', readSigningKey(row))),
    ['replace_canary', seal.newCanary()],
  ]
  await disk.commit(writes)
  return 'sealed_now'
}
