// The entry point of the package: guards that refuse tokens that have ended.

/**
 * Checks the access tokens of an API inside its process. It makes no network call per request, and still refuses a
 * token that was superseded a moment ago.
 *
 * @module @latchkey/guard
 */
export type { AcceptedDecision, Decision, DecisionReason, RefusedDecision, TokenClaims } from './decision.ts'
export type { FeedStatus } from './feed-liveness.ts'
export { createGuard, type Guard } from './guard.ts'
export { GuardError, type GuardErrorCode } from './guard-error.ts'
export type { GuardEvent } from './guard-event.ts'
export type { FeedLiveness, GuardCredentials, GuardOptions, IntrospectLiveness, Liveness } from './guard-options.ts'
export type { GuardStatus } from './guard-status.ts'
export { requiredScope } from './required-scope.ts'
export type { Reason, Scope } from '@latchkey/protocol'
