// The options of a token manager and their check, which reports all problems at once.
import { isScope, Secret } from '@latchkey/protocol'
import { memoryStore } from './memory-store.ts'
import { isSafeUrl } from './token-endpoint.ts'
import { TokenError } from './token-error.ts'
import type { TokenStore } from './token-store.ts'

/** The options of {@link createTokenManager}. */
export interface TokenManagerOptions {
  /** The token endpoint: https, or http on loopback. Give either this or `issuer`. */
  readonly tokenUrl?: string | URL
  /** The issuer, whose metadata (RFC 8414) names the token endpoint: https, or http on loopback. */
  readonly issuer?: string | URL
  /** The client identifier (RFC 6749 §2.2). */
  readonly clientId: string
  /** The client secret, sent by HTTP Basic (RFC 6749 §2.3.1). */
  readonly clientSecret: string | Secret
  /** Exactly one scope. A program that needs two scopes makes two managers. */
  readonly scope: string
  /**
   * Where the request carries `grant_type` and `scope`: in the URL (`query`), or in the form (`body`) as RFC 6749
   * §4.4.2 describes. Default: `body`.
   */
  readonly parameters?: 'query' | 'body'
  /**
   * How long before its end a token is renewed, in seconds: from 0 to 86,400, and never more than half its lifetime.
   * Default: 300.
   */
  readonly refreshBeforeSeconds?: number
  /** Where several processes share the token. Default: the memory of this manager. */
  readonly store?: TokenStore
}

export interface CheckedOptions {
  readonly endpoint: { readonly tokenUrl: string } | { readonly issuer: string }
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scope: string
  readonly parameters: 'query' | 'body'
  readonly refreshBeforeSeconds: number
  readonly store: TokenStore
}

const DEFAULT_REFRESH_BEFORE_SECONDS = 300

/** Throws TokenError `INVALID_OPTIONS`. The message quotes no values, because a secret may be in the wrong option. */
export function checkOptions(options: TokenManagerOptions): CheckedOptions {
  const { tokenUrl, issuer, clientId, clientSecret, scope, parameters = 'body', store = memoryStore() } = options
  const { refreshBeforeSeconds = DEFAULT_REFRESH_BEFORE_SECONDS } = options
  const url = tokenUrl ?? issuer
  const secret = typeof clientSecret === 'string' ? new Secret(clientSecret) : clientSecret
  const problems = [
    ...(tokenUrl === undefined || issuer === undefined ? [] : ['give tokenUrl or issuer, not both']),
    ...(url === undefined ? ['tokenUrl or issuer is missing'] : []),
    ...(url === undefined || isSafeUrl(String(url))
      ? []
      : [`${tokenUrl === undefined ? 'issuer' : 'tokenUrl'} must be an https URL, or http on loopback`]),
    ...(isText(clientId) ? [] : ['clientId is missing']),
    ...(secret instanceof Secret && isText(secret.reveal()) ? [] : ['clientSecret is missing']),
    ...(isText(scope) && isScope(scope) ? [] : ['scope must be exactly one scope']),
    ...(['query', 'body'].includes(parameters) ? [] : ["parameters must be 'query' or 'body'"]),
    ...(refreshBeforeSeconds >= 0 && refreshBeforeSeconds <= 86_400
      ? []
      : ['refreshBeforeSeconds must be from 0 to 86400']),
  ]
  if (problems.length > 0 || url === undefined) throw new TokenError('INVALID_OPTIONS', problems.join('; '))
  const endpoint = tokenUrl === undefined ? { issuer: withoutSlash(String(issuer)) } : { tokenUrl: String(tokenUrl) }
  return { endpoint, clientId, clientSecret: secret, scope, parameters, refreshBeforeSeconds, store }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

// RFC 8414 compares issuers as text. The text of `new URL('https://a')` ends with a slash that the operator did not
// write.
const withoutSlash = (issuer: string): string => issuer.replace(/\/$/, '')
