// Adds MACs to the rows of a store that an older version of Latchkey made. The canary (a sealed text that shows whether
// the master key fits the store) records that the MACs were added.
import type { RowSeal, StoreFormat } from '../ports/row-seal.ts'
import type { Disk, Row, Write } from '../rows/disk.ts'
import { loadCredentials, loadSlots, storedIntegrationPages } from '../state/load.ts'
import { readAdminKey, readSigningKey } from '../rows/catalog-rows.ts'
import { readLink, readOperator, readSession } from '../rows/operator-rows.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { number } from '../rows/rows.ts'

/**
 * Adds the missing MACs, and returns the format that the store had before. Does nothing if the canary states that the
 * rows and the slots have MACs: the server then rejects a row without a MAC as damaged. In an older store, the server
 * trusts such a row this one time. If the process dies, the next server that starts adds the MACs that are still
 * missing. If several servers start together, each of them writes the missing MACs.
 */
export async function sealRows(disk: Disk, seal: RowSeal, macs: RowMacs): Promise<StoreFormat> {
  const [store] = await disk.read('store')
  const canary = store?.['canary']
  // A store without a canary is new and has no rows yet.
  const format = canary instanceof Uint8Array ? seal.formatOf(canary) : 'sealed_slots'
  if (format === 'sealed_slots') return format
  const commit = async (writes: readonly Write[]): Promise<void> => {
    if (writes.length > 0) await disk.commit(writes)
  }
  const slots = await loadSlots(disk, (rows) => commit(rows.flatMap((row) => sealOfSlot(macs, row))))
  if (format === 'plain_rows') {
    for await (const page of storedIntegrationPages(disk, { slots, credentials: await loadCredentials(disk) })) {
      const missing = page.filter(([state, row]) => !macs.fits('integration', state, row))
      await commit(missing.map(([state]) => macs.write('integration', state)))
    }
  }
  const writes: Write[] = format === 'plain_rows' ? await sealsOfTheOthers(disk, macs) : []
  await disk.commit([...writes, ['replace_canary', seal.newCanary()]])
  return format
}

function sealOfSlot(macs: RowMacs, row: Row): readonly Write[] {
  const mac = row['mac'] === null ? macs.ofSlotRow(row) : null
  return mac === null ? [] : [['seal_slot', mac, number(row, 'id'), number(row, 'generation')]]
}

/**
 * Returns the MACs of all other kinds of records. It reads all records of a kind in one query, because the limits of
 * the admin API allow only some thousands of records.
 */
async function sealsOfTheOthers(disk: Disk, macs: RowMacs): Promise<Write[]> {
  return [
    ...(await disk.read('operators')).map((row) => macs.write('operator', readOperator(row))),
    ...(await disk.read('sessions')).map((row) => macs.write('session', readSession(row))),
    ...(await disk.read('set_up_links')).map((row) => macs.write('set_up_link', readLink(row))),
    ...(await disk.read('admin_keys')).map((row) => macs.write('admin_key', readAdminKey(row))),
    ...(await disk.read('signing_keys')).map((row) => macs.write('signing_key', readSigningKey(row))),
  ]
}
