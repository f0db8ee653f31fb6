// The guard: judges the access token of a request, locally wherever it can.
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

export interface Guard {
  /**
   * Resolves when tokens can be judged at local speed: the keys are there and, with a feed, the whole table. Waits
   * through outages. Rejects with a `GuardError` for what waiting does not cure: `CREDENTIALS_REFUSED`,
   * `RIGHT_MISSING`, `ISSUER_MISMATCH`, `CLOSED`. Nobody has to wait for it: until then `check` does what `onStale` says.
   */
  ready(): Promise<void>
  /**
   * Judges a request by the value of its Authorization header, undefined when there is none. Never rejects: what is not
   * known is a decision with status 503.
   */
  check(authorization: string | undefined, required: Scope): Promise<Decision>
  status(): GuardStatus
  /** Ends the feed and all timers. Every check after it is answered 503. */
  close(): Promise<void>
}

const SIGNATURES_REMEMBERED = 50_000

/** Starts at once. Throws `GuardError` `OPTIONS_INVALID`. */
export function createGuard(options: GuardOptions): Guard {
  checkOptions(options)
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
      // A faulty counter must not decide about requests.
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
    if (verdict !== 'live' && verdict !== 'foreign') return refusedToken(verdict, claims)
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

/** The usual spelling is not looked at again: only what has the shape of a token can have a good signature. */
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
