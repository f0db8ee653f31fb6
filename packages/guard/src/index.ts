// The package's door: what an API needs to refuse tokens that have ended.
export type { AcceptedDecision, Decision, DecisionReason, RefusedDecision, TokenClaims } from './decision.ts'
export { createGuard, type Guard } from './guard.ts'
export { GuardError, type GuardErrorCode } from './guard-error.ts'
export type { GuardEvent } from './guard-event.ts'
export type { FeedLiveness, GuardOptions, IntrospectLiveness, Liveness } from './guard-options.ts'
export type { GuardStatus } from './guard-status.ts'
export { requiredScope } from './required-scope.ts'
export type { Reason, Scope } from '@latchkey/protocol'
