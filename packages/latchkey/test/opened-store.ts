// The vault and the signing key of a data folder, for tests that act like an attacker with the folder and its master
// key.
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { deriveKeys } from '../src/keys/derived-keys.ts'
import { createAuditMac } from '../src/keys/audit-mac.ts'
import { createBackupSealing } from '../src/keys/backup-sealing.ts'
import { createRowSeal } from '../src/keys/row-seal.ts'
import { createSecretVault } from '../src/keys/client-secrets.ts'
import { readMasterKeyFile } from '../src/keys/master-key-file.ts'
import { Sealing } from '../src/keys/sealing.ts'
import { openSigningKey } from '../src/keys/signing-keys.ts'
import type { SecretVault } from '../src/ports/secret-vault.ts'
import { lockEmbeddedStore } from '../src/storage/embedded-store.ts'
import { systemClock } from '../src/system.ts'

const derivedKeys = async (dataDir: string) => deriveKeys(await readMasterKeyFile(join(dataDir, 'master.key')))

/** Returns the vault of the server on this folder, whether it runs or not. */
export const vaultOf = async (dataDir: string): Promise<SecretVault> => createSecretVault(await derivedKeys(dataDir))

/** Returns the signing key of the server on this folder. Stop the server first. */
export async function signingKeyOf(dataDir: string): Promise<KeyObject> {
  const derived = await derivedKeys(dataDir)
  const locked = await lockEmbeddedStore(join(dataDir, 'latchkey.db'))
  const store = await locked.start({
    clock: systemClock,
    auditMac: createAuditMac(derived),
    backupSealing: createBackupSealing(derived),
    rowSeal: createRowSeal(derived),
    defaultAudience: 'api://default',
  })
  const [record] = await store.signingKeys.all()
  await store.close()
  if (record === undefined) throw new Error('the store has no signing key')
  return openSigningKey(record, new Sealing(derived.keySealing)).privateKey
}
