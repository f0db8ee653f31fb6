// Opens the store of a data folder or a database as a starting server does. A new store gets its initial content.
import { readConfig } from '../packages/latchkey/src/config/read-config.ts'
import { createAuditMac } from '../packages/latchkey/src/keys/audit-mac.ts'
import { createBackupSealing } from '../packages/latchkey/src/keys/backup-sealing.ts'
import { createRowSeal } from '../packages/latchkey/src/keys/row-seal.ts'
import { createSecretVault } from '../packages/latchkey/src/keys/client-secrets.ts'
import type { SecretVault } from '../packages/latchkey/src/ports/secret-vault.ts'
import { firstContents } from '../packages/latchkey/src/server/first-contents.ts'
import { openKeys } from '../packages/latchkey/src/server/open-keys.ts'
import { openDataFolder } from '../packages/latchkey/src/storage/data-folder.ts'
import type { Store } from '../packages/latchkey/src/adapters/assemble-store.ts'
import { openStore as openConfigured } from '../packages/latchkey/src/storage/open-store.ts'
import { systemClock, systemRandom } from '../packages/latchkey/src/system.ts'

export interface OpenedStore {
  readonly store: Store
  readonly vault: SecretVault
}

/** The settings for a server on this database, in addition to its data folder. */
export const databaseEnv = (database: string | undefined): Readonly<Record<string, string>> =>
  database === undefined
    ? {}
    : {
        LATCHKEY_DATABASE_URL: database,
        LATCHKEY_MASTER_KEY: Buffer.alloc(32, 3).toString('base64url'),
        LATCHKEY_SHUTDOWN_DELAY: '0',
      }

export interface StorePlace {
  readonly dataDir: string
  readonly signingAlg: string
  /** The URL of PostgreSQL. Undefined for the embedded store. */
  readonly database?: string | undefined
}

export async function openStore({ dataDir, signingAlg, database }: StorePlace): Promise<OpenedStore> {
  const env = { LATCHKEY_DATA_DIR: dataDir, LATCHKEY_SIGNING_ALG: signingAlg, ...databaseEnv(database) }
  const read = readConfig({ env, flags: {} })
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  const config = read.value
  const folder = openDataFolder(dataDir)
  const opened = await openConfigured(config.store, folder)
  const keys = await openKeys(config.masterKey, folder.masterKeyFile, opened.canary)
  const vault = createSecretVault(keys.derived)
  const ports = { vault, clock: systemClock, random: systemRandom }
  const store = await opened.start({
    clock: systemClock,
    auditMac: createAuditMac(keys.derived),
    backupSealing: createBackupSealing(keys.derived),
    rowSeal: createRowSeal(keys.derived),
    defaultAudience: config.audience,
    ...(opened.canary === undefined && {
      firstContents: await firstContents(config, { keys, adminKeyFile: folder.adminKeyFile, services: ports }),
    }),
  })
  return { store, vault }
}
