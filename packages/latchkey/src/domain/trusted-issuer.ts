// A trusted issuer: another authorization server, or a platform, whose JSON Web Tokens may prove a client.
import { hasPrivateMembers, PLATFORM_ALGORITHMS } from '@latchkey/protocol'
import type { EpochSeconds } from './slot.ts'

/** What kind of platform an issuer is. It decides which claims tell its subjects apart. */
export const PLATFORMS = ['kubernetes', 'github', 'gitlab', 'spiffe', 'oidc'] as const

export type Platform = (typeof PLATFORMS)[number]

/** Where the public keys of an issuer come from. */
export type IssuerKeys =
  /** From the `jwks_uri` of `{url}/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §4). */
  | { readonly source: 'discovery' }
  | { readonly source: 'jwks_uri'; readonly uri: string }
  /** The keys themselves, as JWKs (RFC 7517). The server fetches nothing. */
  | { readonly source: 'inline'; readonly keys: readonly Readonly<Record<string, unknown>>[] }

/** The settings of an issuer that an operator chooses. */
export interface IssuerSettings {
  /** 1 to 40 characters of `a-z`, `0-9` and `-`, unique in the server. */
  readonly name: string
  /** The exact text of the claim `iss`, or `spiffe://` and a trust domain. Unique in the server. */
  readonly url: string
  readonly platform: Platform
  readonly keys: IssuerKeys
  /** The claim `aud` that its assertions must have. Undefined: the issuer of this server. */
  readonly audience: string | undefined
  /** The algorithms with which it may sign: of `PLATFORM_ALGORITHMS`. */
  readonly algorithms: readonly string[]
  /** The certificates of the authorities that its HTTPS server may use, in PEM. Undefined: those of the system. */
  readonly tlsCa: string | undefined
  /** How long keys that could not be fetched again stay in use, in seconds. */
  readonly staleSeconds: number
  /** Assertions of a disabled issuer prove no client. */
  readonly enabled: boolean
}

export interface TrustedIssuer extends IssuerSettings {
  /** `iss_…` */
  readonly id: string
  /** The version. It grows with every change. */
  readonly version: number
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

/** True if the issuer may name this subject. A trust domain names only the SPIFFE IDs below it. */
export const mayName = ({ platform, url }: IssuerSettings, subject: string): boolean =>
  platform !== 'spiffe' || subject.startsWith(`${url}/`)

/** True if the client was proven without an issuer, or by one that is enabled. */
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
  /** The URL is not `https://` with a host, or not `spiffe://` with a trust domain, or has a query or fragment. */
  | 'url_unusable'
  /** The URL is the issuer of this server. */
  | 'url_is_own_issuer'
  | 'jwks_uri_unusable'
  /** A trust domain has no discovery document. */
  | 'discovery_unusable'
  | 'inline_keys_unusable'
  /** A key has private members, so it is no secret any more. */
  | 'private_key'
  | 'algorithms_unusable'

/** Returns what is wrong with the settings of an issuer. Undefined if nothing is. */
export function issuerFault(settings: IssuerSettings, ownIssuer: string): IssuerFault | undefined {
  const { name, url, platform, keys, algorithms } = settings
  if (!NAME.test(name)) return 'name_unusable'
  if (platform === 'spiffe' ? !TRUST_DOMAIN.test(url) : !isHttps(url)) return 'url_unusable'
  if (url === ownIssuer) return 'url_is_own_issuer'
  if (keys.source === 'discovery' && platform === 'spiffe') return 'discovery_unusable'
  if (keys.source === 'jwks_uri' && !isHttps(keys.uri, 'with_query')) return 'jwks_uri_unusable'
  if (keys.source === 'inline' && (keys.keys.length === 0 || keys.keys.length > MAX_INLINE_KEYS)) {
    return 'inline_keys_unusable'
  }
  if (keys.source === 'inline' && keys.keys.some(hasPrivateMembers)) return 'private_key'
  const isKnown = algorithms.length > 0 && algorithms.every((alg) => PLATFORM_ALGORITHMS.includes(alg))
  return isKnown ? undefined : 'algorithms_unusable'
}

function isHttps(text: string, query: 'with_query' | 'without_query' = 'without_query'): boolean {
  // The comparison with `iss` is by bytes, so the text must be printable ASCII as it is.
  if (!/^https:\/\/[\x21-\x7e]{1,2000}$/.test(text) || !URL.canParse(text)) return false
  // The text is searched, because the parsed URL does not show an empty query or fragment.
  if (text.includes('#') || (text.includes('?') && query === 'without_query')) return false
  const { username, password, hostname } = new URL(text)
  return username === '' && password === '' && hostname !== ''
}
