// Implements the port for sessions. All sessions are in memory, and begin and end through the commit queue. A timer
// writes their last uses to the store.
import { accept, type Result } from '@latchkey/protocol'
import { beginSession, type SignInOutdated } from '../domain/session-change.ts'
import { type Session, sessionEndsAt } from '../domain/session.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'
import type { Sessions } from '../ports/sessions.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { byHash, type OperatorSnapshot, StagedOperators } from '../state/operator-snapshot.ts'
import { stageOperatorUpdate } from './operator-updates.ts'
import { UnwrittenUses } from './unwritten-uses.ts'

/**
 * This process tells the other replicas about a use only if the use is at least this many seconds later than the last
 * use that they know.
 */
const TOLD_AFTER_SECONDS = 60

export interface StoredSessions {
  readonly sessions: Sessions
  readonly uses: UnwrittenUses<EpochSeconds>
}

export function storedSessions(snapshot: OperatorSnapshot, queue: CommitQueue, clock: Clock): StoredSessions {
  const seen = new Map<string, EpochSeconds>()
  // Also tells the other replicas about uses. Otherwise a session that is used only on this replica would look idle on
  // another replica, and a sign-in on that replica could end it as the least recently used session.
  const uses = new UnwrittenUses<EpochSeconds>(
    queue,
    (at, id) => [['note_session_use', at, id]],
    (batch, used) => {
      const { state } = new StagedOperators(batch, snapshot)
      const at = new Map(used)
      const isNews = ({ id, lastSeenAt }: Session) => (at.get(id) ?? 0) - lastSeenAt >= TOLD_AFTER_SECONDS
      const sessions = [...state.sessions.values()]
      if (sessions.some(isNews)) batch.put(snapshot, { ...state, sessions: byHash(sessions.map(current)) })
    },
  )
  const current = (session: Session): Session => ({
    ...session,
    lastSeenAt: Math.max(session.lastSeenAt, seen.get(session.id) ?? 0),
  })
  const isOver = (session: Session): boolean => clock.now() >= sessionEndsAt(current(session))
  const forget = (): void => {
    const ids = new Set([...snapshot.value.sessions.values()].map(({ id }) => id))
    for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id)
  }
  const sessions: Sessions = {
    findByHash: (hash) => {
      const session = snapshot.value.sessions.get(hash)
      const operator = snapshot.value.operators.find(({ id }) => id === session?.operatorId)
      return session === undefined || operator === undefined ? undefined : { session: current(session), operator }
    },
    of: (operatorId) =>
      [...snapshot.value.sessions.values()]
        .filter((session) => session.operatorId === operatorId && !isOver(session))
        .map(current)
        .reverse(),
    noteUse: (id, at) => {
      seen.set(id, at)
      uses.note(id, at)
    },
    begin: async (session, { audit, ...request }) => {
      const begun = await configure(queue, (batch): Result<void, SignInOutdated> => {
        const state = batch.get(snapshot)
        const used = { ...state, sessions: byHash([...state.sessions.values()].map(current)) }
        const update = beginSession(used, { session, ...request }, clock.now())
        if (!update.ok) return update
        stageOperatorUpdate(batch, snapshot, update.value)
        batch.record(audit)
        batch.onCommitted(forget)
        return accept(undefined)
      })
      return begun.ok
    },
    end: async (operatorId, sessionId, audit) => {
      const ended = await configure(queue, (batch) => {
        const staged = new StagedOperators(batch, snapshot)
        const isMeant = (session: Session) => session.operatorId === operatorId && session.id === sessionId
        if (![...staged.state.sessions.values()].some(isMeant)) return accept(false)
        staged.removeSessions(isMeant)
        batch.record(audit)
        return accept(true)
      })
      return ended.ok && ended.value
    },
    endAll: async (operatorId, audit) => {
      await configure(queue, (batch) => {
        new StagedOperators(batch, snapshot).removeSessions((session) => session.operatorId === operatorId)
        batch.record(audit)
        return accept(undefined)
      })
    },
  }
  return { sessions, uses }
}
