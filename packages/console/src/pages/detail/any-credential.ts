// The credentials of an integration in one list, whatever their kind.
import type { Credential, Integration, IntegrationSecret, KeyCredential, Requester } from 'latchkey/admin-api'
import { authenticationText as words } from '../../strings/authentication.ts'

export type AnyCredential = Credential | (IntegrationSecret & { readonly kind: 'secret' })

/** Returns the credentials that work, the oldest first, and then the ended ones, the last ended first. */
export function anyCredentials(
  secrets: readonly IntegrationSecret[],
  others: readonly Credential[],
): readonly AnyCredential[] {
  const all: AnyCredential[] = [...secrets.map((secret) => ({ ...secret, kind: 'secret' as const })), ...others]
  const byTime = (one: string | null, other: string | null): number => Date.parse(one ?? '') - Date.parse(other ?? '')
  return [
    ...working(all).toSorted((one, other) => byTime(one.created_at, other.created_at)),
    ...all.filter(({ status }) => status === 'ended').toSorted((one, other) => byTime(other.ends_at, one.ends_at)),
  ]
}

export const working = <One extends Pick<AnyCredential, 'status'>>(credentials: readonly One[]): readonly One[] =>
  credentials.filter(({ status }) => status !== 'ended')

type SecretCredential = Exclude<AnyCredential, Credential>

export const isKey = (credential: AnyCredential): credential is KeyCredential => credential.kind === 'key'

/** The keys with which the program can sign now. */
export const workingKeys = (credentials: readonly Credential[]): readonly KeyCredential[] =>
  working(credentials).filter(isKey)

export const isSecret = (credential: AnyCredential): credential is SecretCredential => credential.kind === 'secret'

/** True if no other credential works. */
export const isLast = (credentials: readonly AnyCredential[], id: string): boolean =>
  working(credentials).every((credential) => credential.id === id)

/**
 * Returns the kinds of credentials that work. `key`: a key or a trust rule works. `both`: a secret works too. `none`:
 * no credential works.
 */
export function proofOf({
  authentication_methods: methods,
}: Pick<Integration, 'authentication_methods'>): 'secret' | 'key' | 'both' | 'none' {
  const hasKey = methods.includes('private_key_jwt')
  const hasSecret = methods.includes('client_secret_basic')
  return hasKey ? (hasSecret ? 'both' : 'key') : hasSecret ? 'secret' : 'none'
}

/** Returns the key ID of a key, the host of a `jwks_uri`, the issuer of a trust rule, or the end of the ID of a secret. */
export function credentialName(credential: AnyCredential): string {
  switch (credential.kind) {
    case 'key':
      return words.named.key(short(credential.kid))
    case 'jwks_uri':
      return words.named.jwks_uri(new URL(credential.uri).host)
    case 'trust':
      return words.named.trust(credential.issuer)
    case 'secret':
      return words.named.secret(endOf(credential.id))
  }
}

/**
 * Names the credential of a caller. The server forgets old credentials, so a credential that the list does not have is
 * named by the end of its ID.
 */
export function usedCredentialName(
  { credential_id: id, method }: Pick<Requester, 'credential_id' | 'method'>,
  known: readonly AnyCredential[],
): string {
  const found = known.find((credential) => credential.id === id)
  if (found !== undefined) return credentialName(found)
  if (method === 'client_secret') return words.named.secret(endOf(id))
  const kind = id.startsWith('tru_') ? 'trust' : id.startsWith('src_') ? 'jwks_uri' : 'key'
  return words.named[kind](endOf(id))
}

const LONGEST = 24
const END = 6

/** Returns the beginning and the end of a text that is too long for a sentence. */
export const short = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, 8)}…${text.slice(-END)}`

/** Returns the end of an ID. The beginning is a time, so IDs that were made together differ only at the end. */
const endOf = (id: string): string => `…${id.slice(-END)}`

/** Returns an ID without its middle: the prefix and the end. */
export const shortId = (id: string): string => id.slice(0, id.indexOf('_') + 1) + endOf(id)
