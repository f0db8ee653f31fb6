// Returns the vault and the signing key of a data folder, for tests that act like an attacker who has the folder and
// its master key.
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { type DerivedKeys, deriveKeys } from '../src/keys/derived-keys.ts'
import { createAuditMac } from '../src/keys/audit-mac.ts'
import { createBackupSealing } from '../src/keys/backup-sealing.ts'
import { createRowSeal } from '../src/keys/row-seal.ts'
import { createSecretVault } from '../src/keys/client-secrets.ts'
import { MasterKey } from '../src/keys/master-key.ts'
import { readMasterKeyFile } from '../src/keys/master-key-file.ts'
import { Sealing } from '../src/keys/sealing.ts'
import { openSigningKey } from '../src/keys/signing-keys.ts'
import type { Store } from '../src/adapters/assemble-store.ts'
import type { SecretVault } from '../src/ports/secret-vault.ts'
import { lockEmbeddedStore } from '../src/storage/embedded-store.ts'
import { reachPostgresStore } from '../src/storage/postgres-store.ts'
import { systemClock } from '../src/system.ts'
import { UNHURRIED } from './postgres/unhurried.ts'

const derivedKeys = async (dataDir: string) => deriveKeys(await readMasterKeyFile(join(dataDir, 'master.key')))

/** Returns the vault of the server on this folder. The server may be running. */
export const vaultOf = async (dataDir: string): Promise<SecretVault> => createSecretVault(await derivedKeys(dataDir))

/** Returns the signing key of the server on this folder. Stop the server first. */
export async function signingKeyOf(dataDir: string): Promise<KeyObject> {
  const derived = await derivedKeys(dataDir)
  const locked = await lockEmbeddedStore(join(dataDir, 'latchkey.db'))
  return signingKeyIn(await locked.start(startOptions(derived)), derived)
}

/** Returns the signing key of the servers on this database. The servers may be running. */
export async function signingKeyOfDatabase(url: string, masterKey: string): Promise<KeyObject> {
  const derived = deriveKeys(new MasterKey(Buffer.from(masterKey, 'base64url')))
  const reached = await reachPostgresStore(url, 'asynchronous', UNHURRIED)
  return signingKeyIn(await reached.start(startOptions(derived)), derived)
}

const startOptions = (derived: DerivedKeys) => ({
  clock: systemClock,
  auditMac: createAuditMac(derived),
  backupSealing: createBackupSealing(derived),
  rowSeal: createRowSeal(derived),
  defaultAudience: 'api://default',
})

async function signingKeyIn(store: Store, derived: DerivedKeys): Promise<KeyObject> {
  const [record] = await store.signingKeys.all()
  await store.close()
  if (record === undefined) throw new Error('the store has no signing key')
  return openSigningKey(record, new Sealing(derived.keySealing)).privateKey
}
