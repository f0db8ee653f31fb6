// Makes the contents of a new store: keys, the reference catalog and the local admin key.
import type { Config } from '../config/config.ts'
import { REFERENCE_APIS, REFERENCE_SCOPES } from '../domain/reference-catalog.ts'
import { generateSigningKey } from '../keys/signing-keys.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import { writePrivateFile } from '../storage/data-folder.ts'
import type { FirstContents } from '../adapters/first-contents.ts'
import type { OpenedKeys } from './open-keys.ts'

interface FirstContentsParts {
  readonly keys: OpenedKeys
  readonly adminKeyFile: string
  readonly services: { readonly vault: SecretVault; readonly clock: Clock; readonly random: Random }
}

/** Writes the local admin key to `adminKeyFile`. The store has only the hash of the key. */
export async function firstContents(
  config: Config,
  { keys, adminKeyFile, services }: FirstContentsParts,
): Promise<FirstContents> {
  const { vault, clock, random } = services
  const { sealing } = keys
  const { key: adminKey, hash } = vault.generateAdminKey()
  writePrivateFile(adminKeyFile, `${adminKey.reveal()}\n`)
  return {
    scopes: REFERENCE_SCOPES.map((scope) => ({ ...scope, audience: null })),
    apis: REFERENCE_APIS.map((api) => ({ ...api, id: `api_${random.uuid().replaceAll('-', '')}`, version: 1 })),
    signingKeys: [
      await generateSigningKey({ alg: config.signingAlg, status: 'signing', createdAt: clock.now(), sealing }),
    ],
    adminKeys: [
      {
        id: `adk_${random.uuid().replaceAll('-', '')}`,
        name: 'local key',
        role: 'owner',
        hash,
        loopbackOnly: true,
        createdAt: clock.now(),
        expiresAt: undefined,
        revokedAt: undefined,
      },
    ],
  }
}
