// The options of a guard: the issuer, the audience, and how the guard notices that a token has ended.
import { type ClientCredentials, loadCredentials } from '@latchkey/credentials'
import { Secret } from '@latchkey/protocol'
import { isCloudflareWorker } from './cloudflare-worker.ts'
import { GuardError } from './guard-error.ts'
import type { GuardEvent } from './guard-event.ts'

/** The options of {@link createGuard}. The options on which the protection of the API depends have no defaults. */
export interface GuardOptions {
  /**
   * The `iss` that every token must carry. The guard finds the keys through its metadata (RFC 8414). https, or http on
   * loopback.
   */
  readonly issuer: URL
  /** The `aud` that this API accepts. */
  readonly audience: string
  /** How the guard notices that a token was superseded or revoked before it expires. */
  readonly liveness: Liveness
  /**
   * The credentials of an integration with the resource-server right for the scopes of this API: its secret, its own
   * key, or an assertion of its platform. Required by the modes `feed` and `introspect`.
   */
  readonly credentials?: GuardCredentials
  /**
   * Called for every decision and every change of the feed, for metrics and logs. It must not throw. If it does, the
   * decision is not affected, and `status().lastError` reports the error.
   */
  readonly onEvent?: (event: GuardEvent) => void
}

/** The client ID and the credentials of the guard's integration. */
export type GuardCredentials = { readonly clientId: string } & ClientCredentials

/**
 * How the guard notices the end of a token. In the mode `until-expiry` the guard does not notice it: a superseded or
 * revoked token is accepted until it expires.
 */
export type Liveness = FeedLiveness | IntrospectLiveness | { readonly mode: 'until-expiry' }

/**
 * The guard keeps a table of all live tokens, and a request costs no call to the server. Does not work in a Cloudflare
 * Worker, where no connection outlives a request.
 */
export interface FeedLiveness {
  /** Follow the feed. */
  readonly mode: 'feed'
  /**
   * For how many seconds the guard may still accept a token after the server ended it. From 2 to 86,400, because the
   * server confirms once a second that the table is complete.
   */
  readonly maxStaleSeconds: number
  /**
   * What the guard does while the table does not exist or is older than `maxStaleSeconds`: introspect each token, or
   * answer 503.
   */
  readonly onStale: 'introspect' | 'refuse'
}

/** The guard asks the authorization server about each token (RFC 7662). */
export interface IntrospectLiveness {
  /** Introspect. */
  readonly mode: 'introspect'
  /**
   * How long the guard uses an answer again, from 0 to 86,400 seconds, counted from the moment of its question. With 0
   * it asks for every request.
   */
  readonly maxAgeSeconds: number
}

const SHORTEST_STALE_SECONDS = 2
const LONGEST_SECONDS = 86_400

/** Returns the options with the private key in place of its path. Throws `OPTIONS_INVALID` and lists every problem. */
export function checkOptions(options: GuardOptions): GuardOptions {
  const problems = [...problemsOf(options)]
  const credentials = loaded(options.credentials)
  if ('problem' in credentials) problems.push(credentials.problem)
  if (problems.length > 0 || 'problem' in credentials) throw new GuardError('OPTIONS_INVALID', problems.join('; '))
  return { ...options, ...credentials }
}

/** Returns the credentials with the private key in place of its path, or the problem of the key. */
function loaded(
  credentials: GuardOptions['credentials'],
): Pick<GuardOptions, 'credentials'> | { readonly problem: string } {
  if (credentials === undefined || !hasCredentials(credentials)) return {}
  try {
    return { credentials: { clientId: credentials.clientId, ...loadCredentials(credentials) } }
  } catch (cause) {
    return { problem: `credentials cannot be used: ${(cause as Error).message}` }
  }
}

function* problemsOf({ issuer, audience, liveness, credentials }: GuardOptions): Generator<string> {
  // The caller may be JavaScript, so the types prove nothing.
  const url: unknown = issuer
  if (!(url instanceof URL)) yield 'issuer must be a URL object'
  else yield* issuerProblems(url)
  if (typeof (audience as unknown) !== 'string' || audience === '') yield 'audience must be a text that is not empty'
  yield* livenessProblems(liveness)
  const isAsking = (liveness as Liveness | undefined)?.mode !== 'until-expiry'
  if (isAsking && !hasCredentials(credentials)) {
    yield 'credentials (clientId and clientSecret, or a key or an assertion) are needed unless liveness is until-expiry'
  }
}

/** The guard sends tokens and its secret to the issuer, so the URL must be https or on loopback. */
export function isSafe({ protocol, hostname }: URL): boolean {
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback)
}

function* issuerProblems(issuer: URL): Generator<string> {
  const { search, hash, username } = issuer
  if (!isSafe(issuer)) yield 'issuer must be https, or on loopback'
  // RFC 8414 §2 allows no query and no fragment in an issuer.
  if (search !== '' || hash !== '' || username !== '') yield 'issuer must have no query, fragment or credentials'
}

function* livenessProblems(liveness: Liveness): Generator<string> {
  switch ((liveness as Liveness | undefined)?.mode) {
    case 'feed': {
      const { maxStaleSeconds, onStale } = liveness as FeedLiveness
      if (!isBetween(SHORTEST_STALE_SECONDS, maxStaleSeconds)) {
        yield `liveness.maxStaleSeconds must be from ${SHORTEST_STALE_SECONDS} to ${LONGEST_SECONDS}`
      }
      if (!['introspect', 'refuse'].includes(onStale)) yield 'liveness.onStale must be introspect or refuse'
      if (isCloudflareWorker()) {
        yield 'liveness.mode "feed" does not work in a Cloudflare Worker, where no connection outlives a request: use introspect'
      }
      return
    }
    case 'introspect':
      if (!isBetween(0, (liveness as IntrospectLiveness).maxAgeSeconds)) {
        yield `liveness.maxAgeSeconds must be from 0 to ${LONGEST_SECONDS}`
      }
      return
    case 'until-expiry':
      return
    default:
      yield 'liveness.mode must be feed, introspect or until-expiry'
  }
}

const isBetween = (least: number, value: unknown): boolean =>
  typeof value === 'number' && value >= least && value <= LONGEST_SECONDS

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

function hasCredentials(credentials: GuardOptions['credentials']): boolean {
  if (!isText(credentials?.clientId)) return false
  const { clientSecret, privateKey, assertionFile, assertion } = credentials as Readonly<Record<string, unknown>>
  return isText(clientSecret) || clientSecret instanceof Secret || [privateKey, assertionFile, assertion].some(Boolean)
}
