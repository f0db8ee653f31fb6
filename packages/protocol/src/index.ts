// The entry point of the package: the terms and formats of the OAuth 2.0 specifications that server, guard and client
// share.

/**
 * The terms and formats of the OAuth 2.0 specifications that Latchkey's server, guard and client share: credentials,
 * tokens, scopes, errors, metadata and the feed. Pure functions without dependencies.
 *
 * @module @latchkey/protocol
 */
export * from './access-token.ts'
export * from './access-token-claims.ts'
export * from './basic-credentials.ts'
export * from './basic-problem.ts'
export * from './bearer.ts'
export * from './client-assertion.ts'
export * from './client-secret.ts'
export * from './detached-text.ts'
export * from './event-stream.ts'
export * from './feed.ts'
export * from './feed-event.ts'
export * from './feed-slot.ts'
export * from './introspection.ts'
export * from './metadata.ts'
export * from './oauth-error.ts'
export * from './private-members.ts'
export * from './repeated-member.ts'
export * from './result.ts'
export * from './scope.ts'
export * from './secret.ts'
export * from './standing.ts'
export * from './trust-preset.ts'
export * from './wrapped-basic.ts'
