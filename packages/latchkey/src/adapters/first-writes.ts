// The writes of the single commit that fills a new store.
import type { Write } from '../rows/disk.ts'
import { adminKeyInsert, apiInsert, scopeInsert, signingKeyInsert } from '../rows/catalog-rows.ts'
import type { StartOptions } from './assemble-store.ts'
import { RowMacs } from '../rows/row-macs.ts'
import { genesis, headWrite } from '../state/audit-log.ts'
import type { FirstContents } from './first-contents.ts'

export const firstWrites = (
  contents: FirstContents,
  { defaultAudience, auditMac, rowSeal }: Pick<StartOptions, 'defaultAudience' | 'auditMac' | 'rowSeal'>,
): readonly Write[] => {
  const macs = new RowMacs(rowSeal.mac)
  return [
    headWrite(auditMac, genesis(auditMac)),
    ['set_canary', rowSeal.newCanary()],
    ...contents.scopes.map((scope) => scopeInsert(scope, defaultAudience)),
    ...contents.apis.map(apiInsert),
    ...contents.signingKeys.flatMap((key) => [signingKeyInsert(key), macs.write('signing_key', key)]),
    ...contents.adminKeys.flatMap((key) => [adminKeyInsert(key), macs.write('admin_key', key)]),
  ]
}
