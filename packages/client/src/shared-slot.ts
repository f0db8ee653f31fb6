// The token of one client and scope in one process: finds a usable token in the shared store, or requests one while
// this process holds the lease.
import { backOff } from './back-off.ts'
import type { Clock } from './clock.ts'
import { mayHaveActed } from './network-error.ts'
import { LEASE_MS, type SharedToken, type SlotRecord, type SlotRegister, type SlotState } from './slot-record.ts'
import { TokenError } from './token-error.ts'
import { isLater, isSameToken, readIdentity, type TokenIdentity } from './token-identity.ts'
import { lifetimeOf } from './token-lifetime.ts'
import type { TokenAnswer, TokenRequest } from './token-request.ts'

/** A token in this process, with times on this process's clock. */
export interface Held {
  readonly token: SharedToken
  /** When this process must read the store again. */
  readonly freshUntil: number
  readonly usableUntil: number
}

export interface SlotDependencies {
  readonly register: SlotRegister
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly chance: () => number
  /** Identifies this manager among all users of the store. */
  readonly holder: string
  readonly refreshBeforeSeconds: number
  /** Sends a token request. `previous` is the failure of the request that this one repeats. */
  readonly request: (previous?: TokenError) => Promise<TokenAnswer>
  readonly proves: TokenRequest['proves']
  readonly onIssued: (token: SharedToken, expiresInSeconds: number, why: 'none' | 'refresh' | 'refused') => void
  readonly onFailed: (error: TokenError, retryInMs: number) => void
}

/**
 * The settle time in milliseconds: how long a process waits between the moment of renewal and its token request. No
 * caller gets the old token during this time. Requests that were already sent with the old token have time to reach
 * their API, even on a busy machine or over a new connection.
 */
const SETTLE_MS = 1000
/** The longest time in milliseconds that callers wait for a new token while the old one is valid. */
export const HANDOVER_MS = 3000
export const LOOK_AGAIN_MS = 1000
const POLL_MS = 60
/** The longest wait of callers without a usable token, back-off included. */
const PATIENCE_MS = 10_000
/**
 * In milliseconds. A failed request that took less time is repeated at once, because the lease then also covers the
 * repetition.
 */
const REPEAT_WITHIN_MS = 2500

export class SharedSlot {
  readonly #dependencies: SlotDependencies

  constructor(dependencies: SlotDependencies) {
    this.#dependencies = dependencies
  }

  /** Returns a usable token. Throws TokenError if there is none within 10 s. */
  async obtain(): Promise<Held> {
    const { register, clock, holder } = this.#dependencies
    const began = clock.now()
    let failed: TokenError | undefined
    for (;;) {
      const state = await register.read()
      const { token, pause, lease, fence: fencingToken } = state.record
      const now = clock.now() + state.clockSkew
      const usable = isUsable(token, now) ? token : undefined
      if (usable !== undefined && now < usable.renewAt) return held(usable, state, usable.renewAt)
      const waited = clock.now() - began

      if (pause !== undefined && now < pause.until) {
        if (usable !== undefined) return held(usable, state, pause.until)
        const left = pause.until - now
        const failure = failed ?? pausedError(pause.code, left)
        if (failure.isFinal || waited + left > PATIENCE_MS) throw failure
        await clock.wait(left)
      } else if (lease !== undefined && now < lease.until && lease.holder !== holder) {
        if (usable !== undefined && waited > HANDOVER_MS) return held(usable, state, now + LOOK_AGAIN_MS)
        if (waited > PATIENCE_MS) throw new TokenError('TIMEOUT', 'another process requests a token and takes too long')
        // Until the settle time is over, the store holds no new token.
        const settle = usable === undefined ? 0 : usable.renewAt + SETTLE_MS - now
        await clock.wait(Math.max(settle, 0) + POLL_MS * (0.5 + this.#dependencies.chance()))
      } else {
        const taken = { ...state.record, fence: fencingToken + 1, lease: { holder, until: now + LEASE_MS } }
        if (!(await register.replace(state, taken))) continue
        const outcome = await this.#renew(taken, usable, state)
        if (!(outcome instanceof TokenError)) return outcome
        if (outcome.isFinal) throw outcome
        failed = outcome
      }
    }
  }

  async #renew(
    { fence: fencingToken, token: old }: SlotRecord,
    usable: SharedToken | undefined,
    { clockSkew }: SlotState,
  ): Promise<Held | TokenError> {
    const { clock, chance, refreshBeforeSeconds } = this.#dependencies
    if (usable !== undefined) {
      const settle = usable.renewAt + SETTLE_MS - (clock.now() + clockSkew)
      if (settle > 0) await clock.wait(settle)
    }
    try {
      const { answer, sent } = await this.#request()
      const identity = readIdentity(answer.accessToken)
      const { expiresInSeconds } = answer
      const { renewAfter, usableFor } = lifetimeOf({
        expiresInSeconds,
        identity,
        refreshBeforeSeconds,
        chance: chance(),
      })
      const requestedAt = sent + clockSkew
      const times = { requestedAt, renewAt: requestedAt + renewAfter, usableUntil: requestedAt + usableFor }
      const token = { ...identity, fence: fencingToken, ...times }
      this.#dependencies.onIssued(token, expiresInSeconds, usable ? 'refresh' : old?.refused ? 'refused' : 'none')
      const kept = await this.#put(token)
      return held(kept, { clockSkew }, kept.renewAt)
    } catch (failure) {
      if (!(failure instanceof TokenError)) throw failure
      await this.#giveUp(failure)
      return failure
    }
  }

  /** Sends a token request, and repeats it once without delay if the repetition may succeed. */
  async #request(): Promise<{ readonly answer: TokenAnswer; readonly sent: number }> {
    const { clock, request } = this.#dependencies
    const sent = clock.now()
    try {
      return { answer: await request(), sent }
    } catch (failure) {
      if (!(failure instanceof TokenError) || !this.#isWorthRepeating(failure)) throw failure
      const again = clock.now()
      if (again - sent > REPEAT_WITHIN_MS) throw failure
      return { answer: await request(failure), sent: again }
    }
  }

  /**
   * True in two cases. In the first the answer was lost: it may have contained a new token, and issuing it ended the
   * old one. In the second the server refused an assertion that the client signed. The server accepts an assertion
   * once, and a proxy that repeats requests may have sent it twice.
   */
  #isWorthRepeating(failure: TokenError): boolean {
    return mayHaveActed(failure) || (failure.code === 'ASSERTION_REFUSED' && this.#dependencies.proves === 'key')
  }

  /**
   * Writes the token to the store. Returns the token that the store has after the write: a newer token is never
   * overwritten, even if this process was stopped for a long time.
   */
  async #put(token: SharedToken): Promise<SharedToken> {
    const { register, clock } = this.#dependencies
    for (;;) {
      let state: SlotState
      try {
        state = await register.read()
        const { token: current, lease } = state.record
        const usable = isUsable(current, clock.now() + state.clockSkew)
        if (current !== undefined && usable && !isSameToken(current, token) && isLater(current, token)) return current
        const next = {
          fence: Math.max(state.record.fence, token.fence),
          cutShort: current?.refused ? state.record.cutShort : 0,
          token,
          ...(lease !== undefined && lease.holder !== this.#dependencies.holder && { lease }),
        }
        if (await register.replace(state, next)) return token
      } catch (failure) {
        // The token is valid even if the store failed. The other processes do not get it.
        if (failure instanceof TokenError && failure.code === 'STORE_FAILED') return token
        throw failure
      }
    }
  }

  async #giveUp(failure: TokenError): Promise<void> {
    const { register, clock, chance, holder, onFailed } = this.#dependencies
    for (;;) {
      const state = await register.read()
      const { lease, ...record } = state.record
      const failures = (record.pause?.failures ?? 0) + 1
      const wait = backOff(failure, failures, chance())
      const pause = { until: clock.now() + state.clockSkew + wait, failures, code: failure.code }
      // Another process holds the lease now, and will store the result of its own request.
      if (lease?.holder !== holder) return
      if (await register.replace(state, { ...record, pause })) {
        onFailed(failure, wait)
        return
      }
    }
  }

  /**
   * Decides what happens to a token that an API has refused. Returns:
   *
   * - `other`: the store holds another token.
   * - `ended`: no process that shares the store uses the token any more.
   * - `rejected-early`: as `ended`, and the API refused the token before it expired.
   * - `spaced`: the token stays in use for now, because too many tokens in a row were rejected early.
   */
  async refuse(
    used: TokenIdentity,
    known: { readonly expired: boolean },
  ): Promise<'other' | 'ended' | 'rejected-early' | 'spaced'> {
    const { register, clock } = this.#dependencies
    for (;;) {
      const state = await register.read()
      const { token, cutShort: rejectedEarly } = state.record
      if (token === undefined || !isSameToken(token, used) || token.refused) return 'other'
      const now = clock.now() + state.clockSkew
      const early = !known.expired && now < token.usableUntil
      if (early && now < token.requestedAt + spacing(rejectedEarly)) return 'spaced'
      const next = {
        ...state.record,
        cutShort: early ? rejectedEarly + 1 : rejectedEarly,
        token: { ...token, refused: true as const },
      }
      if (await register.replace(state, next)) return early ? 'rejected-early' : 'ended'
    }
  }
}

function held(token: SharedToken, { clockSkew }: Pick<SlotState, 'clockSkew'>, freshUntil: number): Held {
  const usableUntil = token.usableUntil - clockSkew
  return { token, usableUntil, freshUntil: Math.min(freshUntil - clockSkew, usableUntil) }
}

const isUsable = (token: SharedToken | undefined, now: number): token is SharedToken =>
  token !== undefined && token.refused === undefined && now < token.usableUntil

/**
 * Returns how long a token stays in use even if an API rejects it early, in milliseconds after its request: 0 after
 * fewer than two early rejections in a row, then 1 s, 2 s, 4 s, up to a minute.
 */
const spacing = (rejectedEarly: number): number =>
  rejectedEarly < 2 ? 0 : Math.min(1000 * 2 ** (rejectedEarly - 2), 60_000)

function pausedError(code: TokenError['code'], leftMs: number): TokenError {
  const when = `the last token request failed, and the next one follows in ${String(Math.ceil(leftMs / 1000))} s`
  return new TokenError(code, when, { retryAfterMs: leftMs })
}
