// The options of a token manager and their check, which reports all problems at once.
import { randomBytes } from 'node:crypto'
import {
  type ClientAuthentication,
  type ClientCredentials,
  createClientAuthentication,
  loadCredentials,
  ownSecretOf,
} from '@latchkey/credentials'
import { isScope, Secret } from '@latchkey/protocol'
import { isInMemory, memoryStore } from './memory-store.ts'
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
  /** The client secret, sent by HTTP Basic (RFC 6749 §2.3.1). Give either this or `credentials`. */
  readonly clientSecret?: string | Secret
  /**
   * What the client authenticates with: a secret, its own key, or an assertion of its platform. A client with a key
   * signs a new assertion for each attempt (RFC 7523 §2.2).
   */
  readonly credentials?: ClientCredentials
  /**
   * The audience of assertions that the client signs: the issuer of the server, exactly as its metadata names it.
   * Default: `issuer`. Required if the client has a key and only `tokenUrl` is given.
   */
  readonly audience?: string
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
  /**
   * The secret that encrypts the texts in a shared store, at least 16 characters. Default: the client secret, or the
   * private key. Required if `credentials` is an assertion and `store` is another store than `memoryStore()`.
   */
  readonly sealingKey?: string | Secret
}

export interface CheckedOptions {
  readonly endpoint: { readonly tokenUrl: string } | { readonly issuer: string }
  readonly clientId: string
  readonly authenticate: ClientAuthentication
  readonly sealingKey: Secret
  /** What the client authenticates with. It decides what a refused request means: see `requestToken`. */
  readonly proves: 'secret' | 'key' | 'assertion'
  readonly scope: string
  readonly parameters: 'query' | 'body'
  readonly refreshBeforeSeconds: number
  readonly store: TokenStore
}

/** A random key. It encrypts the texts of the store in memory for clients that have no secret of their own. */
const PROCESS_KEY = new Secret(randomBytes(32).toString('base64'))

const DEFAULT_REFRESH_BEFORE_SECONDS = 300
const LEAST_SEALING_KEY = 16

/** Throws TokenError `INVALID_OPTIONS`. The message quotes no values, because a secret may be in the wrong option. */
export function checkOptions(options: TokenManagerOptions): CheckedOptions {
  const { tokenUrl, issuer, clientId, scope, parameters = 'body', store = memoryStore() } = options
  const { refreshBeforeSeconds = DEFAULT_REFRESH_BEFORE_SECONDS } = options
  const url = tokenUrl ?? issuer
  const proof = proofOf({ ...options, store })
  const problems = [
    ...(tokenUrl === undefined || issuer === undefined ? [] : ['give tokenUrl or issuer, not both']),
    ...(url === undefined ? ['tokenUrl or issuer is missing'] : []),
    ...(url === undefined || isSafeUrl(String(url))
      ? []
      : [`${tokenUrl === undefined ? 'issuer' : 'tokenUrl'} must be an https URL, or http on loopback`]),
    ...(isText(clientId) ? [] : ['clientId is missing']),
    ...('problem' in proof ? [proof.problem] : []),
    ...(isText(scope) && isScope(scope) ? [] : ['scope must be exactly one scope']),
    ...(['query', 'body'].includes(parameters) ? [] : ["parameters must be 'query' or 'body'"]),
    ...(refreshBeforeSeconds >= 0 && refreshBeforeSeconds <= 86_400
      ? []
      : ['refreshBeforeSeconds must be from 0 to 86400']),
  ]
  if (problems.length > 0 || url === undefined || 'problem' in proof) {
    throw new TokenError('INVALID_OPTIONS', problems.join('; '))
  }
  const endpoint = tokenUrl === undefined ? { issuer: withoutSlash(String(issuer)) } : { tokenUrl: String(tokenUrl) }
  return { endpoint, clientId, ...proof, scope, parameters, refreshBeforeSeconds, store }
}

type Proof = Pick<CheckedOptions, 'authenticate' | 'sealingKey' | 'proves'>

/** Returns what the client authenticates with, or the problem in the options. */
function proofOf(options: TokenManagerOptions & { readonly store: TokenStore }): Proof | { readonly problem: string } {
  const { issuer, audience, clientId, clientSecret, credentials, store, sealingKey } = options
  if (clientSecret !== undefined && credentials !== undefined)
    return { problem: 'give clientSecret or credentials, not both' }
  const given = credentials ?? { clientSecret: clientSecret ?? '' }
  if ('clientSecret' in given && !isSecret(given.clientSecret)) return { problem: 'clientSecret is missing' }
  const intended = audience ?? (issuer === undefined ? undefined : withoutSlash(String(issuer)))
  if ('privateKey' in given && intended === undefined) {
    return { problem: 'audience is missing: give the issuer of the server, or audience beside tokenUrl' }
  }
  try {
    const loaded = loadCredentials(given)
    const sealing = sealingKey ?? ownSecretOf(loaded) ?? (isInMemory(store) ? PROCESS_KEY : undefined)
    if (sealing === undefined) return { problem: 'sealingKey is missing: a shared store needs it' }
    if (sealingKey !== undefined && textOf(sealingKey).length < LEAST_SEALING_KEY) {
      return { problem: `sealingKey must have at least ${String(LEAST_SEALING_KEY)} characters` }
    }
    return {
      authenticate: createClientAuthentication(loaded, { clientId, audience: intended ?? '' }),
      sealingKey: new Secret(textOf(sealing)),
      proves: 'clientSecret' in given ? 'secret' : 'privateKey' in given ? 'key' : 'assertion',
    }
  } catch (cause) {
    return { problem: `credentials cannot be used: ${(cause as Error).message}` }
  }
}

const isSecret = (value: unknown): boolean => isText(value) || (value instanceof Secret && isText(value.reveal()))

const textOf = (secret: string | Secret): string => (typeof secret === 'string' ? secret : secret.reveal())

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

// RFC 8414 compares issuers as text. `new URL('https://a')` adds a slash at the end that the caller did not write.
const withoutSlash = (issuer: string): string => issuer.replace(/\/$/, '')
