// Implements the port for credentials. Combines the records in the store with the last uses that are not written yet.
import type { Credentials } from '../ports/credentials.ts'
import { readCredential } from '../rows/credential-rows.ts'
import { number, readLastUse } from '../rows/rows.ts'
import type { Disk } from '../rows/disk.ts'
import type { LiveState } from '../state/live-state.ts'
import type { SecretUses } from './secret-uses.ts'

export const storedCredentials = (disk: Disk, live: LiveState, uses: SecretUses): Credentials => ({
  followKeySources: (follower) => {
    live.keySources.follow(follower)
  },
  of: async (clientId) =>
    (await disk.read('credential_records_of', clientId)).map((row) => {
      const credential = readCredential(row)
      const lastUse = uses.ofSecret(credential.id, readLastUse(row))
      return { credential, createdAt: number(row, 'created_at'), lastUse }
    }),
})
