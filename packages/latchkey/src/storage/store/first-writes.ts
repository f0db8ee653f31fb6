// What is written, in one commit, when a store is new.
import type { Write } from '../disk.ts'
import { adminKeyInsert, apiInsert, scopeInsert, signingKeyInsert } from '../rows/catalog-rows.ts'
import type { StartOptions } from './assemble-store.ts'
import { genesis, headWrite } from '../memory/audit-log.ts'
import type { FirstContents } from './first-contents.ts'

export const firstWrites = (
  contents: FirstContents,
  { defaultAudience, auditMac }: Pick<StartOptions, 'defaultAudience' | 'auditMac'>,
): readonly Write[] => [
  headWrite(auditMac, genesis(auditMac)),
  ['set_canary', contents.canary],
  ...contents.scopes.map((scope) => scopeInsert(scope, defaultAudience)),
  ...contents.apis.map(apiInsert),
  ...contents.signingKeys.map(signingKeyInsert),
  ...contents.adminKeys.map(adminKeyInsert),
]
