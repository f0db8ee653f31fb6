// A trusted issuer: a platform or another authorization server whose JSON Web Tokens clients may use to authenticate.
import { hasPrivateMembers, PLATFORM_ALGORITHMS } from '@latchkey/protocol'
import type { EpochSeconds } from './slot.ts'

/** The kinds of issuers. The kind decides which claims identify a workload. */
export const PLATFORMS = ['kubernetes', 'github', 'gitlab', 'spiffe', 'oidc'] as const

export type Platform = (typeof PLATFORMS)[number]

/** Where the public keys of an issuer come from. */
export type IssuerKeys =
  /** The server reads the `jwks_uri` in `{url}/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §4). */
  | { readonly source: 'discovery' }
  | { readonly source: 'jwks_uri'; readonly uri: string }
  /** The keys themselves, as JWKs (RFC 7517). The server fetches nothing. */
  | { readonly source: 'inline'; readonly keys: readonly Readonly<Record<string, unknown>>[] }

/** The settings of an issuer that an operator chooses. */
export interface IssuerSettings {
  /** 1 to 40 characters of `a-z`, `0-9` and `-`. Unique among the issuers. */
  readonly name: string
  /** The exact text of the claim `iss`. For SPIFFE, `spiffe://` and the trust domain. Unique among the issuers. */
  readonly url: string
  readonly platform: Platform
  readonly keys: IssuerKeys
  /**
   * The claim `aud` that the assertions of the issuer must have. Undefined for the issuer identifier of this server.
   */
  readonly audience: string | undefined
  /** The algorithms with which the issuer may sign: some of `PLATFORM_ALGORITHMS`. */
  readonly algorithms: readonly string[]
  /**
   * The certificate authorities, in PEM, for the TLS connection to the server with the keys. Undefined for the
   * authorities that Node.js trusts.
   */
  readonly tlsCa: string | undefined
  /** The number of seconds for which keys that are no longer fresh stay in use if each new fetch fails. */
  readonly staleSeconds: number
  /** False if the server rejects all assertions of the issuer. */
  readonly enabled: boolean
}

export interface TrustedIssuer extends IssuerSettings {
  /** The id, which begins with `iss_`. */
  readonly id: string
  /** The version. It grows with every change. */
  readonly version: number
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

/**
 * Returns true if the server accepts this `sub` from the issuer. A SPIFFE trust domain may name only SPIFFE IDs of its
 * own.
 */
export const mayName = ({ platform, url }: IssuerSettings, subject: string): boolean =>
  platform !== 'spiffe' || subject.startsWith(`${url}/`)

/**
 * Returns true if the issuer is enabled, or if the client authenticated without a trusted issuer (`issuerId` is
 * undefined).
 */
export const isTrusted = (issuers: readonly TrustedIssuer[], issuerId: string | undefined): boolean =>
  issuerId === undefined || issuers.some(({ id, enabled }) => id === issuerId && enabled)

export const MAX_TRUSTED_ISSUERS = 50
export const MAX_INLINE_KEYS = 20
export const MAX_TLS_CA_LENGTH = 16_384
export const MAX_STALE_SECONDS = 86_400
export const USUAL_STALE_SECONDS = 3600

export const USUAL_ISSUER_ALGORITHMS: readonly string[] = ['RS256', 'ES256']

const NAME = /^[a-z0-9-]{1,40}$/
const TRUST_DOMAIN = /^spiffe:\/\/[a-z0-9._-]{1,255}$/

export type IssuerFault =
  | 'name_unusable'
  /**
   * The URL is not `https://` with a host (for SPIFFE, `spiffe://` with a trust domain), or has a query or a fragment.
   */
  | 'url_unusable'
  /** The URL is the issuer identifier of this server itself. */
  | 'url_is_own_issuer'
  | 'jwks_uri_unusable'
  /** The source is `discovery`, which SPIFFE does not have. */
  | 'discovery_unusable'
  | 'inline_keys_unusable'
  /** A key has private members, so the private key is exposed. */
  | 'private_key'
  | 'algorithms_unusable'

/** Returns the fault in the settings of an issuer. Undefined if the settings are valid. */
export function issuerFault(settings: IssuerSettings, ownIssuer: string): IssuerFault | undefined {
  const { name, url, platform, keys, algorithms } = settings
  if (!NAME.test(name)) return 'name_unusable'
  if (platform === 'spiffe' ? !TRUST_DOMAIN.test(url) : !isHttps(url)) return 'url_unusable'
  if (url === ownIssuer) return 'url_is_own_issuer'
  if (keys.source === 'discovery' && platform === 'spiffe') return 'discovery_unusable'
  if (keys.source === 'jwks_uri' && !isJwksUri(keys.uri)) return 'jwks_uri_unusable'
  if (keys.source === 'inline' && (keys.keys.length === 0 || keys.keys.length > MAX_INLINE_KEYS)) {
    return 'inline_keys_unusable'
  }
  if (keys.source === 'inline' && keys.keys.some(hasPrivateMembers)) return 'private_key'
  const isKnown = algorithms.length > 0 && algorithms.every((alg) => PLATFORM_ALGORITHMS.includes(alg))
  return isKnown ? undefined : 'algorithms_unusable'
}

/** True if keys may be fetched from this URL. The server checks the IP addresses of the host when it connects. */
export const isJwksUri = (text: string): boolean => isHttps(text, 'with_query')

function isHttps(text: string, query: 'with_query' | 'without_query' = 'without_query'): boolean {
  // The server compares this text with the claim `iss` byte by byte, so it accepts only printable ASCII.
  if (!/^https:\/\/[\x21-\x7e]{1,2000}$/.test(text) || !URL.canParse(text)) return false
  // Searches the text of the URL, because the parsed URL does not show an empty query or fragment.
  if (text.includes('#') || (text.includes('?') && query === 'without_query')) return false
  const { username, password, hostname } = new URL(text)
  return username === '' && password === '' && hostname !== ''
}
