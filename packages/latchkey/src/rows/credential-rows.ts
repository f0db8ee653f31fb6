// Converts between rows and credentials (client keys, key sources and trust rules).
import type { ClientKey, ClientKeySource, Credential, PublicJwk } from '../domain/credential.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { ClaimMatcher, Reuse, TrustRule } from '../domain/trust-rule.ts'
import type { Row, Write } from './disk.ts'

/** The largest length of the column `detail` in bytes. A constraint in PostgreSQL enforces the limit. */
export const MAX_DETAIL_BYTES = 4096

/** The JSON in the column `detail` of a client key. */
interface KeyDetail {
  readonly kid: string
  readonly alg: string
  /** The public key. Null after the key has ended. */
  readonly jwk: PublicJwk | null
  readonly max_lifetime: number
}

/** The JSON in the column `detail` of a `jwks_uri`. */
interface KeySourceDetail {
  readonly uri: string
  readonly algorithms: readonly string[]
  readonly max_lifetime: number
  readonly has_ended: boolean
}

/** The JSON in the column `detail` of a trust rule. */
interface RuleDetail {
  readonly issuer: string
  readonly claims: readonly ClaimMatcher[]
  readonly reuse: Reuse
  readonly max_lifetime: number
  /** Absent if the rule has no note. */
  readonly note?: string | undefined
  readonly has_ended: boolean
}

/** Returns the text for the column `detail`. */
export const detailOf = (credential: Credential): string => JSON.stringify(membersOf(credential))

function membersOf(credential: Credential): KeyDetail | KeySourceDetail | RuleDetail {
  switch (credential.kind) {
    case 'key':
      return keyDetail(credential)
    case 'jwks_uri':
      return keySourceDetail(credential)
    case 'trust':
      return ruleDetail(credential)
  }
}

const keyDetail = ({ kid, alg, jwk, maxLifetimeSeconds }: ClientKey): KeyDetail => ({
  kid,
  alg,
  jwk: jwk ?? null,
  max_lifetime: maxLifetimeSeconds,
})

const keySourceDetail = ({ uri, algorithms, maxLifetimeSeconds, hasEnded }: ClientKeySource): KeySourceDetail => ({
  uri,
  algorithms,
  max_lifetime: maxLifetimeSeconds,
  has_ended: hasEnded,
})

const ruleDetail = ({ issuerId, matchers, reuse, maxLifetimeSeconds, note, hasEnded }: TrustRule): RuleDetail => ({
  issuer: issuerId,
  claims: matchers,
  reuse,
  max_lifetime: maxLifetimeSeconds,
  note,
  has_ended: hasEnded,
})

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

/** Reads a credential. Throws if the credential is of a kind that this version of Latchkey does not know. */
export function readCredential(row: Row): Credential {
  const { kind } = row
  const common = { id: String(row['id']), endsAt: row['ends_at'] === null ? undefined : Number(row['ends_at']) }
  if (kind === 'key') {
    const { kid, alg, jwk, max_lifetime: maxLifetimeSeconds } = JSON.parse(String(row['detail'])) as KeyDetail
    return { kind, ...common, kid, alg, jwk: jwk ?? undefined, maxLifetimeSeconds }
  }
  if (kind === 'jwks_uri') {
    const detail = JSON.parse(String(row['detail'])) as KeySourceDetail
    const { uri, algorithms, max_lifetime: maxLifetimeSeconds, has_ended: hasEnded } = detail
    return { kind, ...common, uri, algorithms, maxLifetimeSeconds, hasEnded }
  }
  if (kind === 'trust') {
    const detail = JSON.parse(String(row['detail'])) as RuleDetail
    const { issuer: issuerId, claims: matchers, reuse, max_lifetime: maxLifetimeSeconds, note, has_ended } = detail
    return { kind, ...common, issuerId, matchers, reuse, maxLifetimeSeconds, note, hasEnded: has_ended }
  }
  throw new Error(`The store has a credential of the unknown kind ${JSON.stringify(kind)}.`)
}
