// When a token is renewed and until when it is used, counted from the sending of its request.
import type { TokenIdentity } from './token-identity.ts'

export interface Lifetime {
  /** Milliseconds after the request was sent. */
  readonly renewAfter: number
  /** Milliseconds after the request was sent: a little before the server stops accepting it. */
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
 * A server may hand out a token that has already lived for a while. If less is left of it than the time it would be
 * renewed before its expiry, renewing it at once would bring the same one again, so it is used up.
 *
 * The jitter is added, never taken away: a server that repeats a token until N seconds before its end is asked after
 * that moment and not just before it.
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
