// Liveness mode `feed`: the guard keeps a table of the live tokens in memory, one slot for each client and scope. While
// the table is too old, the guard accepts no token because of it.
import { FeedFollower, type FeedState } from './feed-follower.ts'
import { GuardError } from './guard-error.ts'
import type { FeedLiveness } from './guard-options.ts'
import type { Introspection } from './introspection.ts'
import { askWhether } from './introspect-liveness.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { KeySet } from './key-set.ts'
import { isExpired, type LivenessJudge, type LivenessVerdict } from './liveness.ts'
import { NewerTokens } from './newer-tokens.ts'
import { QuestionBudget } from './question-budget.ts'
import type { SignedToken } from './signed-tokens.ts'
import { standingIn } from './slot-standing.ts'

export interface FeedSettings {
  readonly liveness: FeedLiveness
  readonly issuer: IssuerClient
  readonly keys: KeySet
  readonly introspection: Introspection
  readonly onState: (state: FeedState, error?: GuardError) => void
}

export interface FeedJudge extends LivenessJudge {
  status(): FeedStatus
}

/** What the guard knows about live tokens, in the mode `feed`. */
export interface FeedStatus {
  /**
   * The age of the table. The table holds every change that the server acknowledged at least this many seconds ago.
   * Undefined before the first snapshot.
   */
  readonly ageSeconds: number | undefined
  /** True if the table is older than `maxStaleSeconds` or does not exist. The guard then does what `onStale` says. */
  readonly isStale: boolean
  /** True if the stream is open. */
  readonly isConnected: boolean
  /** The number of slots in the table: one for each client and scope. */
  readonly slots: number
  /** The memory that the table uses, in bytes. */
  readonly tableBytes: number
  /** The scopes that the guard's integration has the resource-server right for. */
  readonly scopes: readonly string[]
}

interface Presented {
  readonly token: string
  readonly required: string
}

/**
 * How long the guard waits for the feed to bring a token that it has already seen in a request. After this time it asks
 * the authorization server.
 */
const FEED_GRACE_MS = 100
/**
 * A connection counts as dead if it brings no data for `maxStaleSeconds` plus this time. The time is long enough for a
 * heartbeat on a slow connection, and short enough to notice a dead connection soon.
 */
const SILENCE_BEYOND_STALE_MS = 5000

export function feedLiveness(settings: FeedSettings): FeedJudge {
  const { liveness, issuer, keys, introspection, onState } = settings
  const maxAgeMs = liveness.maxStaleSeconds * 1000
  const newer = new NewerTokens()
  const budget = new QuestionBudget()
  const ready = Promise.withResolvers<void>()
  // Keeps Node from reporting an unhandled rejection. A caller that awaits `ready` still gets the error.
  ready.promise.catch(() => undefined)

  const follower = new FeedFollower({
    ...{ issuer, keys },
    longestSilenceMs: maxAgeMs + SILENCE_BEYOND_STALE_MS,
    onState: (state, error) => {
      if (state === 'loaded') ready.resolve()
      if (error !== undefined && isFinal(error)) ready.reject(error)
      onState(state, error)
    },
    onRows: (table) => {
      if (table === follower.current) newer.onRows(table)
    },
    onCertificate: (asOf) => {
      newer.onCertificate(asOf)
    },
  })

  const onStaleTable = (signed: SignedToken, { token, required }: Presented): Promise<LivenessVerdict> => {
    if (liveness.onStale === 'introspect') {
      return askWhether(introspection, { question: { token, signed, maxAgeMs, purpose: 'stale' }, required })
    }
    throw new GuardError('TABLE_STALE', 'the table of live tokens is too old')
  }

  const judge = (signed: SignedToken, presented: Presented): LivenessVerdict | Promise<LivenessVerdict> => {
    const followed = follower.current
    if (followed === undefined) return onStaleTable(signed, presented)
    if (!followed.follows(signed.claims.scope)) return ofScopeNotFollowed(signed, presented)
    const slot = followed.slotOf(signed)
    const verdict = standingIn(followed.table, slot, signed)
    // A token that has ended never becomes live again, so this verdict is right even if the table is old.
    if (verdict !== 'live' && verdict !== 'newer') return verdict
    if (followed.age() > maxAgeMs) return onStaleTable(signed, presented)
    if (verdict === 'newer') return ofNewer(signed, presented)
    return newer.newestSeen(signed) > followed.table.generation(slot) ? ofOutdone(signed, presented) : 'live'
  }

  /**
   * Ends the older tokens of the slot at once. The newer token is accepted when the feed or the server has confirmed
   * it.
   */
  const ofNewer = async (signed: SignedToken, presented: Presented): Promise<LivenessVerdict> => {
    if (isExpired(signed)) return 'expired'
    const { clientId, generation } = signed.claims
    const isAnswered = introspection.answered({ signed, maxAgeMs }) !== undefined
    if (!isAnswered) {
      newer.mark(signed)
      await newer.wait(signed, generation, FEED_GRACE_MS)
      if (generationHere(signed) >= generation) return judge(signed, presented)
      budget.spend(clientId)
    }
    const question = { token: presented.token, signed, maxAgeMs, purpose: 'newer' } as const
    const answer = await askWhether(introspection, { question, required: presented.required })
    if (answer === 'unknown') newer.unmark(signed)
    return answer === 'live' && newer.newestSeen(signed) > generation ? 'superseded' : answer
  }

  /**
   * Decides about a token when a newer token of its slot was seen that is not in the table yet. Waits up to
   * `FEED_GRACE_MS` for the feed to bring the newer token, because the feed also says whether the older token has a
   * grace. If the feed does not bring it in time, the older token is refused.
   */
  const ofOutdone = async (signed: SignedToken, presented: Presented): Promise<LivenessVerdict> => {
    await newer.wait(signed, newer.newestSeen(signed), FEED_GRACE_MS)
    return newer.newestSeen(signed) > generationHere(signed) ? 'superseded' : judge(signed, presented)
  }

  const generationHere = (signed: SignedToken): number => {
    const followed = follower.current
    const slot = followed?.slotOf(signed) ?? -1
    return followed === undefined || slot === -1 ? -1 : followed.table.generation(slot)
  }

  return {
    judge,
    ready: () => ready.promise,
    close: () => {
      follower.close()
      ready.reject(new GuardError('CLOSED', 'the guard was closed'))
    },
    status: () => {
      const { current: followed, isConnected } = follower
      const age = followed?.age()
      return {
        ageSeconds: age === undefined ? undefined : age / 1000,
        isStale: age === undefined || age > maxAgeMs,
        isConnected,
        slots: followed?.table.size ?? 0,
        tableBytes: followed?.table.bytes ?? 0,
        scopes: followed?.scopes ?? [],
      }
    },
  }
}

/**
 * Decides about a token whose scope the feed does not include. A route that requires another scope refuses such a token
 * in any case.
 */
function ofScopeNotFollowed(signed: SignedToken, { required }: Presented): LivenessVerdict {
  const { scope } = signed.claims
  if (scope === required) {
    throw new GuardError('RIGHT_MISSING', `the guard's integration has no resource-server right for ${scope}`)
  }
  return isExpired(signed) ? 'expired' : 'scope_not_followed'
}

const isFinal = ({ code }: GuardError): boolean =>
  code === 'CREDENTIALS_REFUSED' || code === 'RIGHT_MISSING' || code === 'ISSUER_MISMATCH'
