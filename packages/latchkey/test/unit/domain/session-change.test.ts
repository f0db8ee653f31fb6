// The effects of a sign-in on sessions, and its refusals.
import { expect, test } from 'vitest'
import type { Operator } from '../../../src/domain/operator.ts'
import { beginSession, MOST_SESSIONS, type NewSession } from '../../../src/domain/session-change.ts'
import { IDLE_SECONDS, type Session } from '../../../src/domain/session.ts'
import { NOW } from './a-slot.ts'
import { anOperator, aSession, aState } from './an-operator.ts'

const ANN = anOperator('ann')
const BEGUN = aSession('begun', 'ann')

const begin = (
  { operators = [ANN], sessions = [] }: { operators?: readonly Operator[]; sessions?: readonly Session[] },
  more: Partial<NewSession> = {},
  now = NOW,
) => {
  const request = { session: BEGUN, passwordHash: 'password of ann', rekeyedHash: undefined, replaced: undefined }
  return beginSession(aState(operators, sessions), { ...request, ...more }, now)
}

test('a sign-in is recorded with the operator and makes no new version', () => {
  const operator = { ...ANN, lastSignInAt: NOW }
  expect(begin({})).toEqual({ ok: true, value: { operator, put: operator, session: BEGUN, endedSessions: [] } })
})

test('a sign-in replaces a hash of the password that was made without a key', () => {
  expect(begin({}, { rekeyedHash: 'rekeyed' })).toMatchObject({ ok: true, value: { put: { passwordHash: 'rekeyed' } } })
})

test.each<readonly [string, readonly Operator[]]>([
  ['was removed', []],
  ['was disabled', [{ ...ANN, disabled: true }]],
  ['got another password', [{ ...ANN, passwordHash: 'another' }]],
  ['has no password any more', [{ ...ANN, passwordHash: undefined }]],
])('no session begins for an operator who %s while the password was compared', (_what, operators) => {
  expect(begin({ operators })).toEqual({ ok: false, refusal: { reason: 'sign_in_outdated' } })
})

test('a sign-in ends the previous session of the browser, and the expired sessions of every operator', () => {
  const sessions = [aSession('had', 'bob'), aSession('idle', 'bob', NOW - IDLE_SECONDS), aSession('other', 'ann')]
  const begun = begin({ sessions }, { replaced: 'had' })
  expect(begun).toMatchObject({ ok: true, value: { endedSessions: sessions.slice(0, 2) } })
})

test('a sign-in ends the least recently used session when the limit is reached', () => {
  const sessions = Array.from({ length: MOST_SESSIONS }, (_, i) => aSession(`of-ann-${String(i)}`, 'ann', NOW + i))
  const swapped = [...sessions.slice(1), ...sessions.slice(0, 1)]
  const others = Array.from({ length: MOST_SESSIONS }, (_, i) => aSession(`of-bob-${String(i)}`, 'bob'))
  expect(begin({ sessions: [...others, ...swapped] })).toMatchObject({ value: { endedSessions: [sessions[0]] } })
  expect(begin({ sessions: [...others, ...sessions.slice(1)] })).toMatchObject({ value: { endedSessions: [] } })
  expect(begin({ sessions: swapped }, { replaced: 'of-ann-5' })).toMatchObject({
    value: { endedSessions: [sessions[5]] },
  })
})
