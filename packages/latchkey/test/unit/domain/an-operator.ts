// Operators and their sessions, for tests of the rules about them.
import type { OperatorState } from '../../../src/domain/operator-change.ts'
import type { Operator } from '../../../src/domain/operator.ts'
import type { Session } from '../../../src/domain/session.ts'
import type { SetUpLink } from '../../../src/domain/set-up-link.ts'
import { NOW } from './a-slot.ts'

/** An owner who can sign in, in version 3. */
export const anOperator = (id: string, more: Partial<Operator> = {}): Operator => ({
  id,
  email: `${id}@example.com`,
  role: 'owner',
  passwordHash: `password of ${id}`,
  disabled: false,
  version: 3,
  createdAt: NOW,
  lastSignInAt: undefined,
  ...more,
})

export const aSession = (hash: string, operatorId: string, lastSeenAt = NOW): Session => ({
  ...{ id: `ses_${hash}`, hash, operatorId, createdAt: NOW, lastSeenAt },
  ...{ address: '192.0.2.1', userAgent: 'test' },
})

export const aState = (
  operators: readonly Operator[],
  sessions: readonly Session[] = [],
  links: readonly SetUpLink[] = [],
): OperatorState => ({ operators, sessions: new Map(sessions.map((each) => [each.hash, each])), links })
