// The token manager: one current token for one client and scope, for any number of callers.
import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Reason } from '@latchkey/protocol'
import { type Clock, steadyClock } from './clock.ts'
import { fetchWithToken } from './fetch-with-token.ts'
import { instanceId } from './instance-id.ts'
import { type CheckedOptions, checkOptions, type TokenManagerOptions } from './options.ts'
import { sealingUnder } from './sealing.ts'
import { HANDOVER_MS, type Held, LOOK_AGAIN_MS, SharedSlot } from './shared-slot.ts'
import { SlotRegister } from './slot-record.ts'
import { discoverTokenEndpoint } from './token-endpoint.ts'
import { TokenError } from './token-error.ts'
import { factsOf, type TokenEvents } from './token-events.ts'
import { isSameToken, readIdentity, type TokenIdentity } from './token-identity.ts'
import { requestToken, type TokenAnswer } from './token-request.ts'
import { VERSION } from './version.ts'

/** The clock and the random numbers, which tests replace. */
export interface TokenManagerDependencies {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly chance: () => number
}

/** The state of a token manager, for health pages and metrics. */
export interface TokenStatus {
  /** The client. */
  readonly clientId: string
  /** The scope. */
  readonly scope: string
  /** `none` before the first token and after its end; `stopped` if the manager sends no further request. */
  readonly state: 'none' | 'live' | 'stopped'
  /** The time in seconds for which the manager will still return the token. Undefined if it has no token. */
  readonly expiresInSeconds?: number
  /** The claim `jti`. Undefined if there is no token, or if it is opaque. */
  readonly jti?: string
  /** The claim `gen`. Undefined if there is no token, or if it is opaque. */
  readonly generation?: number
}

/**
 * Makes a manager for one client and one scope. It requests the first token when a caller needs one, and renews it
 * before its end. Make one manager when the program starts and use it for every request: a second manager with a store
 * of its own would end the token of the first.
 *
 * @throws TokenError `INVALID_OPTIONS`, with everything that is wrong.
 *
 * @example
 * ```ts
 * import { createTokenManager } from '@latchkey/client'
 *
 * const tokens = createTokenManager({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   scope: 'machinelearning.predict',
 * })
 * const response = await tokens.fetchWithToken('https://api.example.com/ai/prediction', { method: 'POST' })
 * console.log(response.status)
 * ```
 */
export const createTokenManager = (options: TokenManagerOptions): TokenManager =>
  new TokenManager(checkOptions(options), { clock: steadyClock, chance: Math.random })

/**
 * Keeps one current token for one client and scope, however many callers there are. Made by {@link createTokenManager}.
 * It emits the events of {@link TokenEvents}.
 *
 * @example
 * ```ts
 * import { createTokenManager } from '@latchkey/client'
 *
 * const tokens = createTokenManager({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   scope: 'machinelearning.predict',
 * })
 * const authorization = `Bearer ${await tokens.getToken()}`
 * console.log(authorization.length, tokens.status().expiresInSeconds)
 * ```
 */
export class TokenManager extends EventEmitter<TokenEvents> {
  /** The client. */
  readonly clientId: string
  /** The scope. */
  readonly scope: string
  readonly #clock: Clock
  readonly #slot: SharedSlot
  #held: Held | undefined
  #stopped: TokenError | undefined
  /** The last token that an event reported. */
  #lastReported: TokenIdentity | undefined
  // One caller at a time obtains a token, and the other callers of this process wait for its result.
  #looking: Promise<Held> | undefined
  #handover: Promise<Held> | undefined
  #replacing: { readonly text: string; readonly outcome: Promise<string | undefined> } | undefined

  /**
   * For tests: programs call {@link createTokenManager}.
   * @internal
   */
  constructor(options: CheckedOptions, { clock, chance }: TokenManagerDependencies) {
    super()
    const { clientId, sealingKey, scope, store, refreshBeforeSeconds, proves } = options
    this.clientId = clientId
    this.scope = scope
    this.#clock = clock
    const holder = instanceId()
    this.#slot = new SharedSlot({
      register: new SlotRegister(keyOf(options), { store, sealing: sealingUnder(clientId, sealingKey), clock }),
      clock,
      chance,
      holder,
      refreshBeforeSeconds,
      proves,
      request: requester(options, `latchkey-client/${VERSION} (${holder})`),
      onIssued: (token, expiresInSeconds, why) => {
        this.#lastReported = token
        this.#tell('issued', { ...factsOf(this, token), expiresInSeconds, why })
      },
      onFailed: (error, retryInMs) => {
        this.#tell('failed', { clientId, scope, error, ...(!error.isFinal && { retryInMs }) })
      },
    })
  }

  /**
   * Returns the current token, for an `Authorization` header (RFC 6750 §2.1). Do not keep the token, but call this
   * function for each request.
   *
   * If the manager has no token, it waits at most 10 s for one, and longer only for a request in flight. At a renewal
   * it waits at most 3 s, and then returns the old token if that is still live.
   *
   * @throws TokenError if there is no token.
   */
  async getToken(): Promise<string> {
    const held = this.#held
    if (held !== undefined && this.#clock.now() < held.freshUntil) return held.token.text
    this.#handover ??= this.#handOver().finally(() => (this.#handover = undefined))
    return (await this.#handover).token.text
  }

  /**
   * Like `fetch`, with the current token in the `Authorization` header. If the API answers 401, the manager replaces
   * the token and sends the request once more, unless the body is a stream, or the caller passed a `Request` with a
   * body. Returns a second 401 as it is. Never sends a request without a token.
   *
   * @throws TokenError if there is no token. Also throws what `fetch` throws.
   */
  fetchWithToken(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return fetchWithToken(this, input, init)
  }

  /**
   * Replaces a token that an API refused with 401, for programs that send their requests without `fetchWithToken`.
   * Returns the token for one more attempt, or undefined if another attempt is useless. Does not throw: the next
   * `getToken` throws the error.
   *
   * @param token the token that was sent.
   * @param reason the value of the header `Latchkey-Reason` of the answer, if it has one.
   */
  async replaceRefused(token: string, reason?: Reason): Promise<string | undefined> {
    const used = readIdentity(token)
    this.#tell('refused', { ...factsOf(this, used), ...(reason !== undefined && { reason }) })
    if (reason === 'integration_disabled') {
      this.#stopped = new TokenError('INTEGRATION_DISABLED', 'an API answered that the integration is disabled')
      this.#held = undefined
      return undefined
    }
    // The token was damaged on its way to the API. What damaged it, for example a proxy, would damage the next token
    // too.
    if (reason === 'malformed') return undefined
    const held = this.#held
    if (held !== undefined && !isSameToken(held.token, used) && this.#clock.now() < held.freshUntil) {
      return held.token.text
    }
    if (this.#replacing?.text === token) return this.#replacing.outcome
    const outcome = this.#replace(used, reason).finally(() => (this.#replacing = undefined))
    this.#replacing = { text: token, outcome }
    return outcome
  }

  /** Returns the state of the manager. Sends no request. */
  status(): TokenStatus {
    const { clientId, scope } = this
    const left = this.#held === undefined ? 0 : this.#held.usableUntil - this.#clock.now()
    if (this.#held === undefined || left <= 0) return { clientId, scope, state: this.#stopped ? 'stopped' : 'none' }
    const facts = factsOf(this, this.#held.token)
    return { ...facts, state: this.#stopped ? 'stopped' : 'live', expiresInSeconds: Math.floor(left / 1000) }
  }

  async #replace(used: TokenIdentity, reason: Reason | undefined): Promise<string | undefined> {
    try {
      const outcome = await this.#slot.refuse(used, { expired: reason === 'expired' })
      if (outcome === 'spaced') return undefined
      if (outcome === 'rejected-early' && (reason === undefined || reason === 'superseded')) {
        this.#tell('superseded-by-other', factsOf(this, used))
      }
      if (this.#held !== undefined && isSameToken(this.#held.token, used)) this.#held = undefined
      return (await this.#look()).token.text
    } catch (failure) {
      return ignoreTokenError(failure)
    }
  }

  async #handOver(): Promise<Held> {
    const old = this.#held
    if (old === undefined || this.#clock.now() >= old.usableUntil) return this.#look()
    if (this.#stopped !== undefined) return (this.#held = { ...old, freshUntil: old.usableUntil })
    const settled = new AbortController()
    const look = this.#look()
      .catch(ignoreTokenError)
      .finally(() => {
        settled.abort()
      })
    const found = await Promise.race([look, this.#clock.wait(HANDOVER_MS, settled.signal)])
    if (found !== undefined) return found
    // The renewal failed, or continues in the background. The old token is still valid, unless an API has refused it in
    // the meantime.
    const now = this.#clock.now()
    if (this.#held !== old || now >= old.usableUntil) return this.#held ?? this.#look()
    return (this.#held = { ...old, freshUntil: Math.min(now + LOOK_AGAIN_MS, old.usableUntil) })
  }

  #look(): Promise<Held> {
    return (this.#looking ??= this.#lookInStore().finally(() => (this.#looking = undefined)))
  }

  async #lookInStore(): Promise<Held> {
    if (this.#stopped !== undefined) throw this.#stopped
    try {
      const found = await this.#slot.obtain()
      if (this.#lastReported === undefined || !isSameToken(this.#lastReported, found.token)) {
        this.#lastReported = found.token
        const expiresInSeconds = Math.floor((found.usableUntil - this.#clock.now()) / 1000)
        this.#tell('reused', { ...factsOf(this, found.token), expiresInSeconds })
      }
      return (this.#held = found)
    } catch (failure) {
      if (failure instanceof TokenError && failure.isFinal) this.#stopped = failure
      throw failure
    }
  }

  // Runs in a microtask, so that a listener that throws does not stop the manager.
  #tell<Name extends keyof TokenEvents>(name: Name, ...facts: TokenEvents[Name]): void {
    queueMicrotask(() => this.emit(name as string as never, ...(facts as never)))
  }
}

function requester(options: CheckedOptions, userAgent: string): (previous?: TokenError) => Promise<TokenAnswer> {
  const { endpoint, ...rest } = options
  let tokenUrl = 'tokenUrl' in endpoint ? endpoint.tokenUrl : undefined
  return async (previous) => {
    if (tokenUrl === undefined && 'issuer' in endpoint) tokenUrl = await discoverTokenEndpoint(endpoint.issuer)
    return requestToken({ ...rest, tokenUrl: tokenUrl ?? '', userAgent, previous })
  }
}

// The key under which the store keeps the token of this client and scope. The key is the same whether the options name
// the issuer or its token endpoint.
function keyOf({ endpoint, clientId, scope }: CheckedOptions): string {
  const server = 'tokenUrl' in endpoint ? endpoint.tokenUrl.replace(/\/v1\/token$/, '') : endpoint.issuer
  const text = JSON.stringify([server, clientId, scope])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function ignoreTokenError(failure: unknown): undefined {
  if (!(failure instanceof TokenError)) throw failure
  return undefined
}
