// Opens the embedded store of a data folder as a starting server does; a new folder gets its first contents.
import { readConfig } from '../packages/latchkey/src/config/read-config.ts'
import { createAuditMac } from '../packages/latchkey/src/keys/audit-mac.ts'
import { createSecretVault } from '../packages/latchkey/src/keys/client-secrets.ts'
import type { SecretVault } from '../packages/latchkey/src/ports/secret-vault.ts'
import { firstContents } from '../packages/latchkey/src/start/first-contents.ts'
import { openKeys } from '../packages/latchkey/src/start/open-keys.ts'
import { openDataFolder } from '../packages/latchkey/src/storage/data-folder.ts'
import { type EmbeddedStore, lockEmbeddedStore } from '../packages/latchkey/src/storage/embedded/embedded-store.ts'
import { systemClock, systemRandom } from '../packages/latchkey/src/system.ts'

export interface OpenedStore {
  readonly store: EmbeddedStore
  readonly vault: SecretVault
}

export async function openStore(dataDir: string, signingAlg: string): Promise<OpenedStore> {
  const read = readConfig({ env: { LATCHKEY_DATA_DIR: dataDir, LATCHKEY_SIGNING_ALG: signingAlg }, flags: {} })
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  const config = read.value
  const folder = openDataFolder(dataDir)
  const locked = await lockEmbeddedStore(folder.storeFile)
  const keys = await openKeys(config.masterKey, folder.masterKeyFile, locked.canary)
  const vault = createSecretVault(keys.derived)
  const ports = { vault, clock: systemClock, random: systemRandom }
  const store = await locked.start({
    clock: systemClock,
    auditMac: createAuditMac(keys.derived),
    defaultAudience: config.audience,
    ...(locked.canary === undefined && {
      firstContents: await firstContents(config, keys, folder.adminKeyFile, ports),
    }),
  })
  return { store, vault }
}
