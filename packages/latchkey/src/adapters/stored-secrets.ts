// Implements the port for secrets. Combines the records in the store with the last uses that are not written yet.
import type { Secrets } from '../ports/secrets.ts'
import type { Disk } from '../rows/disk.ts'
import { readSecretRecord } from '../rows/rows.ts'
import type { SecretUses } from './secret-uses.ts'

export function storedSecrets(disk: Disk, uses: SecretUses): Secrets {
  return {
    of: async (clientId) =>
      (await disk.read('secret_records_of', clientId)).map(readSecretRecord).map((record) => ({
        ...record,
        lastUse: uses.ofSecret(record.id, record.lastUse),
      })),
    sealedCopy: async (clientId, secretId) => {
      const [row] = await disk.read('sealed_secret', secretId, clientId)
      return (row?.['sealed'] as Uint8Array | null | undefined) ?? undefined
    },
    noteUse: (use) => {
      uses.note(use)
    },
  }
}
