// Reads and writes the rows of credentials.
import type { ClientKey, Credential, PublicJwk } from '../domain/credential.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Row, Write } from './disk.ts'

/** What the column `detail` of a key holds, as JSON. */
interface KeyDetail {
  readonly kid: string
  readonly alg: string
  /** Null after the key has ended. */
  readonly jwk: PublicJwk | null
  readonly max_lifetime: number
}

function detailOf({ kid, alg, jwk, maxLifetimeSeconds }: ClientKey): string {
  return JSON.stringify({ kid, alg, jwk: jwk ?? null, max_lifetime: maxLifetimeSeconds } satisfies KeyDetail)
}

export const credentialInsert = (clientId: string, credential: Credential, createdAt: EpochSeconds): Write => [
  'insert_credential',
  credential.id,
  clientId,
  credential.kind,
  detailOf(credential),
  credential.endsAt ?? null,
  createdAt,
]

export const credentialUpdate = (credential: Credential): Write => [
  'update_credential',
  credential.endsAt ?? null,
  detailOf(credential),
  credential.id,
]

/** Throws if a later version of Latchkey wrote the row. */
export function readCredential(row: Row): Credential {
  const { id, kind, detail, ends_at: endsAt } = row
  if (kind !== 'key') throw new Error(`The store has a credential of the unknown kind ${JSON.stringify(kind)}.`)
  const { kid, alg, jwk, max_lifetime: maxLifetimeSeconds } = JSON.parse(String(detail)) as KeyDetail
  const key = { kid, alg, jwk: jwk ?? undefined, maxLifetimeSeconds }
  return { kind, id: String(id), ...key, endsAt: endsAt === null ? undefined : Number(endsAt) }
}
