// The entry point of the package: a token manager for clients of a server that keeps one live token per client and
// scope.

/**
 * Keeps one current token for each client and scope, for a process or for many processes that share a store.
 *
 * @module @latchkey/client
 */
export { memoryStore } from './memory-store.ts'
export type { TokenManagerOptions } from './options.ts'
export { TokenError, type TokenErrorCode } from './token-error.ts'
export type { TokenEvents, TokenFacts } from './token-events.ts'
export { createTokenManager, type TokenManager, type TokenStatus } from './token-manager.ts'
export type { TokenSource } from './fetch-with-token.ts'
export { tokenInterceptor } from './undici-interceptor.ts'
export type { Stored, TokenStore } from './token-store.ts'
export { githubActions, gitlab, kubernetes } from '@latchkey/credentials'
