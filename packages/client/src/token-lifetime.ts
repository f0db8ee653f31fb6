// When a token is renewed and until when it is used, counted from the sending of its request.
import type { TokenIdentity } from './token-identity.ts'

export interface Lifetime {
  /** When the token is renewed, in milliseconds after the request was sent. */
  readonly renewAfter: number
  /**
   * When the manager stops using the token, in milliseconds after the request was sent. This is a little before the
   * server stops accepting it.
   */
  readonly usableFor: number
}

const MARGIN_MS = 5000
const JITTER = 0.1

export interface LifetimeFacts {
  readonly expiresInSeconds: number
  readonly identity: TokenIdentity
  readonly refreshBeforeSeconds: number
  /** From 0 up to 1. */
  readonly chance: number
}

/**
 * Returns when a token is renewed and until when it is used. A server may return a token that it issued a while ago.
 * Its renewal may then already be due. But an immediate renewal would return the same token, so the manager uses that
 * token until it ends.
 *
 * Some servers return the same token until N seconds before its end. The manager must send its request after that
 * moment, so the jitter delays a renewal and never advances it.
 */
export function lifetimeOf({ expiresInSeconds, identity, refreshBeforeSeconds, chance }: LifetimeFacts): Lifetime {
  const left = expiresInSeconds * 1000
  const usableFor = left - Math.min(MARGIN_MS, left / 10)
  const { iat, exp } = identity
  const whole = Math.max(left, iat !== undefined && exp !== undefined ? (exp - iat) * 1000 : 0)
  const lead = Math.min(refreshBeforeSeconds * 1000, whole / 2)
  if (left <= lead) return { renewAfter: usableFor, usableFor }
  return { renewAfter: Math.min(left - lead + lead * JITTER * chance, usableFor), usableFor }
}
