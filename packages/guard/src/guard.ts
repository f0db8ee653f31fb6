// The guard: decides about the access token of a request, without a network call if possible.
import { readBearer, type Reason, type Scope } from '@latchkey/protocol'
import {
  type Decision,
  insufficientScope,
  missingToken,
  refusedToken,
  type RefusedDecision,
  unavailable,
} from './decision.ts'
import { feedLiveness } from './feed-liveness.ts'
import { GuardError } from './guard-error.ts'
import type { GuardEvent } from './guard-event.ts'
import { checkOptions, type GuardOptions } from './guard-options.ts'
import type { GuardStatus } from './guard-status.ts'
import { createIntrospection } from './introspection.ts'
import { introspectLiveness } from './introspect-liveness.ts'
import { createIssuerClient } from './issuer-client.ts'
import { createKeySet } from './key-set.ts'
import { startKeyRefresh } from './key-refresh.ts'
import { type LivenessJudge, type LivenessVerdict, untilExpiry } from './liveness.ts'
import { createSignedTokens, type SignatureVerdict, type SignedToken } from './signed-tokens.ts'

/** Decides about the access tokens of requests. Made by {@link createGuard}. */
export interface Guard {
  /**
   * Resolves when the guard can decide about tokens without a network call: it has the keys and, in the mode `feed`,
   * the whole table. Keeps waiting during an outage. Waiting is optional: until then `check` does what `onStale` says.
   *
   * @throws GuardError `CREDENTIALS_REFUSED`, `RIGHT_MISSING`, `ISSUER_MISMATCH` or `CLOSED`, because waiting longer
   * cannot help.
   */
  ready(): Promise<void>
  /**
   * Decides about a request. Never rejects: if the guard cannot find out whether the token is live, the decision has
   * the status 503.
   *
   * @param authorization the value of the `Authorization` header. Undefined if the request has none.
   * @param required the scope of the route, see {@link requiredScope}.
   */
  check(authorization: string | undefined, required: Scope): Promise<Decision>
  /** Returns the state of the guard. Sends no request. */
  status(): GuardStatus
  /** Ends the feed and all timers. Every later check has the status 503. */
  close(): Promise<void>
}

const SIGNATURES_REMEMBERED = 50_000

/**
 * Makes a guard. The guard connects to the authorization server at once.
 *
 * @throws GuardError `OPTIONS_INVALID`, with everything that is wrong.
 *
 * @example
 * ```ts
 * import { createGuard, requiredScope } from '@latchkey/guard'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * await guard.ready()
 *
 * const decision = await guard.check('Bearer eyJhbGciOi…', requiredScope('machinelearning.predict'))
 * console.log(decision.ok ? decision.claims.clientId : decision.reason)
 * ```
 */
export function createGuard(given: GuardOptions): Guard {
  const options = checkOptions(given)
  const { audience, liveness } = options
  let lastError: GuardStatus['lastError']
  let isClosed = false
  const noteError = (thrown: unknown): void => {
    const { code, message } = thrown instanceof GuardError ? thrown : new GuardError('HOOK_FAILED', String(thrown))
    lastError = { code, message, at: new Date() }
    if (code !== 'HOOK_FAILED') tell({ type: 'error', code, message })
  }
  const { onEvent } = options
  const tell = (event: GuardEvent): void => {
    try {
      onEvent?.(event)
    } catch (cause) {
      // An error in a listener must not affect a decision.
      noteError(cause)
    }
  }

  const issuer = createIssuerClient(options)
  const keys = createKeySet({ issuer, onChange: (kids) => tell({ type: 'keys', kids }), onError: noteError })
  const refresh = startKeyRefresh(keys, noteError)
  const tokens = createSignedTokens({ keys, issuer: issuer.issuer, capacity: SIGNATURES_REMEMBERED })
  const introspection = createIntrospection({ issuer, onEvent: tell })
  const feed =
    liveness.mode === 'feed'
      ? feedLiveness({
          ...{ liveness, issuer, keys, introspection },
          onState: (state, error) => {
            if (error !== undefined) noteError(error)
            tell({ type: 'feed', state, ...(error !== undefined && { code: error.code }) })
          },
        })
      : undefined
  const judge: LivenessJudge =
    feed ??
    (liveness.mode === 'introspect'
      ? introspectLiveness({ introspection, issuer, maxAgeSeconds: liveness.maxAgeSeconds })
      : untilExpiry)

  const conclude = (verdict: LivenessVerdict, { claims, accepted }: SignedToken, required: Scope): Decision => {
    if (verdict !== 'live' && verdict !== 'scope_not_followed') return refusedToken(verdict, claims)
    return claims.scope === required && verdict === 'live' ? accepted : insufficientScope(required, claims)
  }

  const judgeSigned = (signed: SignatureVerdict, token: string, required: Scope): Decision | Promise<Decision> => {
    if (typeof signed === 'string') return refusedToken(signed)
    if (signed.claims.audience !== audience) return refusedToken('wrong_audience', signed.claims)
    const verdict = judge.judge(signed, { token, required })
    return verdict instanceof Promise
      ? verdict.then((settled) => conclude(settled, signed, required))
      : conclude(verdict, signed, required)
  }

  const judgeRequest = (authorization: string | undefined, required: Scope): Decision | Promise<Decision> => {
    if (isClosed) return unavailable('CLOSED')
    const token = tokenIn(authorization)
    if (typeof token !== 'string') return token
    const signature = tokens.verify(token)
    return signature instanceof Promise
      ? signature.then((settled) => judgeSigned(settled, token, required))
      : judgeSigned(signature, token, required)
  }

  const failed = (cause: unknown): RefusedDecision => {
    const error = cause instanceof GuardError ? cause : undefined
    if (error === undefined) throw cause
    if (error.code !== lastError?.code) noteError(error)
    return unavailable(error.code)
  }

  return {
    ready: async () => {
      await refresh.ready()
      await judge.ready()
    },
    check: async (authorization, required) => {
      let decision: Decision
      try {
        const judged = judgeRequest(authorization, required)
        decision = judged instanceof Promise ? await judged : judged
      } catch (cause) {
        decision = failed(cause)
      }
      if (onEvent !== undefined) tell(decisionEvent(decision))
      return decision
    },
    status: () => {
      const followed = feed?.status()
      return {
        mode: liveness.mode,
        isReady: !isClosed && keys.size > 0 && followed?.isStale !== true,
        keys: keys.size,
        ...(followed !== undefined && { feed: followed }),
        ...(lastError !== undefined && { lastError }),
      }
    },
    close: async () => {
      isClosed = true
      refresh.close()
      judge.close()
    },
  }
}

const SCHEME = 'Bearer '

/**
 * Returns the token, or the answer to a request without one. A header in the usual form is only sliced: its syntax
 * needs no check, because only a well-formed token can have a valid signature.
 */
function tokenIn(authorization: string | undefined): string | RefusedDecision {
  if (authorization?.startsWith(SCHEME)) return authorization.slice(SCHEME.length)
  const bearer = readBearer(authorization)
  if (bearer.ok) return bearer.value
  return bearer.refusal === 'missing' ? missingToken() : refusedToken('malformed')
}

function decisionEvent(decision: Decision): GuardEvent {
  const claims = decision.claims
  const outcome: 'accepted' | Reason | RefusedDecision['reason'] = decision.ok ? 'accepted' : decision.reason
  return {
    type: 'decision',
    outcome,
    ...(claims !== undefined && { clientId: claims.clientId, jti: claims.jti }),
    ...(!decision.ok && decision.code !== undefined && { code: decision.code }),
  }
}
