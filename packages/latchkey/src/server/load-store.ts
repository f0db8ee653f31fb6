// Loads the opened store into memory. A new store is filled first.
import type { Counters } from '../metrics/counters.ts'
import { createAuditMac } from '../keys/audit-mac.ts'
import { createBackupSealing } from '../keys/backup-sealing.ts'
import { createRowSeal } from '../keys/row-seal.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { OpenedStore } from '../storage/open-store.ts'
import { firstContents } from './first-contents.ts'
import type { OpenedKeys } from './open-keys.ts'
import type { Start } from './start.ts'
import type { StoreEvents } from './store-events/store-events.ts'

export type LoadedStore = Awaited<ReturnType<OpenedStore['start']>>

interface LoadStoreParts {
  readonly keys: OpenedKeys
  readonly vault: SecretVault
  readonly events: StoreEvents
  readonly counters: Counters
}

export async function loadStore(
  opened: OpenedStore,
  { config, folder, clock, random }: Start,
  { keys, vault, events, counters }: LoadStoreParts,
): Promise<LoadedStore> {
  const store = await opened.start({
    clock,
    onCommit: (milliseconds, commands) => {
      counters.commitSeconds.observe(milliseconds / 1000)
      events.traceCommit(milliseconds, commands)
    },
    onOutcomeUnknown: () => {
      counters.commitsUnanswered++
    },
    ...events.listeners,
    auditMac: createAuditMac(keys.derived),
    backupSealing: createBackupSealing(keys.derived),
    rowSeal: createRowSeal(keys.derived),
    defaultAudience: config.audience,
    ...(opened.canary === undefined && {
      firstContents: await firstContents(config, {
        keys,
        adminKeyFile: folder.adminKeyFile,
        services: { vault, clock, random },
      }),
    }),
  })
  if (config.secretReveal === 'never') await store.eraseSealedSecrets()
  return store
}
