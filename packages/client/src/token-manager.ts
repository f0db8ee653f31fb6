// The token manager: one current token for one client and scope, for as many callers as there are.
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

/** What tests put in the place of time and chance. */
export interface Surroundings {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly chance: () => number
}

export interface TokenStatus {
  readonly clientId: string
  readonly scope: string
  /** `none` before the first token and after its end; `stopped` when there will be no further one. */
  readonly state: 'none' | 'live' | 'stopped'
  /** How long this manager will still hand out the token. */
  readonly expiresInSeconds?: number
  readonly jti?: string
  readonly generation?: number
}

/**
 * Makes a manager for one client and one scope. Nothing is requested before the first call.
 * @throws TokenError `INVALID_OPTIONS`
 */
export const createTokenManager = (options: TokenManagerOptions): TokenManager =>
  new TokenManager(checkOptions(options), { clock: steadyClock, chance: Math.random })

export class TokenManager extends EventEmitter<TokenEvents> {
  readonly clientId: string
  readonly scope: string
  readonly #clock: Clock
  readonly #slot: SharedSlot
  #held: Held | undefined
  #stopped: TokenError | undefined
  /** The last token that an event told of. */
  #told: TokenIdentity | undefined
  // In this process one at a time looks for a token, and all others wait for that one.
  #looking: Promise<Held> | undefined
  #handover: Promise<Held> | undefined
  #replacing: { readonly text: string; readonly outcome: Promise<string | undefined> } | undefined

  /** For tests: programs call {@link createTokenManager}. */
  constructor(options: CheckedOptions, { clock, chance }: Surroundings) {
    super()
    const { clientId, clientSecret, scope, store, refreshBeforeSeconds } = options
    this.clientId = clientId
    this.scope = scope
    this.#clock = clock
    const holder = instanceId()
    this.#slot = new SharedSlot({
      register: new SlotRegister(store, keyOf(options), sealingUnder(clientId, clientSecret), clock),
      clock,
      chance,
      holder,
      refreshBeforeSeconds,
      request: requester(options, `latchkey-client/${VERSION} (${holder})`),
      onIssued: (token, expiresInSeconds, why) => {
        this.#told = token
        this.#tell('issued', { ...factsOf(this, token), expiresInSeconds, why })
      },
      onFailed: (error, retryInMs) => {
        this.#tell('failed', { clientId, scope, error, ...(!error.isFinal && { retryInMs }) })
      },
    })
  }

  /**
   * The current token, for an Authorization header. Do not keep it: ask again for each request.
   *
   * Waits for a new token when there is none, at most 10 s and the request that is on its way then. At a renewal it waits
   * at most 3 s; then the old one is given, as long as it is good.
   * @throws TokenError
   */
  async getToken(): Promise<string> {
    const held = this.#held
    if (held !== undefined && this.#clock.now() < held.freshUntil) return held.token.text
    this.#handover ??= this.#handOver().finally(() => (this.#handover = undefined))
    return (await this.#handover).token.text
  }

  /**
   * Like `fetch`, with the current token in the Authorization header. When the API answers 401, the token is replaced
   * by the one that is live now, and the request is sent once more, if its body can be: not a stream, nor a `Request`
   * with a body. A second 401 is returned as it is. Never sends a request without a token.
   * @throws TokenError when there is no token, and what `fetch` throws
   */
  fetchWithToken(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return fetchWithToken(this, input, init)
  }

  /**
   * For those who send requests on their own: an API answered 401 to this token. Returns the token to try once more
   * with, or undefined when there is no point in trying. Does not throw: `getToken` will say what is wrong.
   * @param reason the value of the answer's `Latchkey-Reason`, if there is one
   */
  async replaceRefused(token: string, reason?: Reason): Promise<string | undefined> {
    const used = readIdentity(token)
    this.#tell('refused', { ...factsOf(this, used), ...(reason !== undefined && { reason }) })
    if (reason === 'integration_disabled') {
      this.#stopped = new TokenError('INTEGRATION_DISABLED', 'an API answered that the integration is disabled')
      this.#held = undefined
      return undefined
    }
    // Something on the way spoils what is sent, and would spoil the next one.
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

  /** For health pages and metrics. Asks nobody. */
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
      if (outcome === 'cut-short' && (reason === undefined || reason === 'superseded')) {
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
    // It failed, or goes on in the background. The old token is still good, unless an API has said otherwise meanwhile.
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
      if (this.#told === undefined || !isSameToken(this.#told, found.token)) {
        this.#told = found.token
        const expiresInSeconds = Math.floor((found.usableUntil - this.#clock.now()) / 1000)
        this.#tell('reused', { ...factsOf(this, found.token), expiresInSeconds })
      }
      return (this.#held = found)
    } catch (failure) {
      if (failure instanceof TokenError && failure.isFinal) this.#stopped = failure
      throw failure
    }
  }

  // Later, so that a listener that throws disturbs nobody but itself.
  #tell<Name extends keyof TokenEvents>(name: Name, ...facts: TokenEvents[Name]): void {
    queueMicrotask(() => this.emit(name as string as never, ...(facts as never)))
  }
}

function requester(options: CheckedOptions, userAgent: string): () => Promise<TokenAnswer> {
  const { endpoint, ...rest } = options
  let tokenUrl = 'tokenUrl' in endpoint ? endpoint.tokenUrl : undefined
  return async () => {
    if (tokenUrl === undefined && 'issuer' in endpoint) tokenUrl = await discoverTokenEndpoint(endpoint.issuer)
    return requestToken({ ...rest, tokenUrl: tokenUrl ?? '', userAgent })
  }
}

// Whether the issuer or its token endpoint is given, it is the same slot.
function keyOf({ endpoint, clientId, scope }: CheckedOptions): string {
  const server = 'tokenUrl' in endpoint ? endpoint.tokenUrl.replace(/\/v1\/token$/, '') : endpoint.issuer
  const text = JSON.stringify([server, clientId, scope])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function ignoreTokenError(failure: unknown): undefined {
  if (!(failure instanceof TokenError)) throw failure
  return undefined
}
