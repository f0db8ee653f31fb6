// The documents of sessions in the admin API.
import { Type } from 'typebox'
import { type Session, sessionEndsAt } from '../../../domain/session.ts'
import type { BegunSignIn } from '../../../operations/sign-in.ts'
import { closed } from '../conventions/bodies.ts'
import { Time, timeView } from '../conventions/times.ts'
import { OperatorView, operatorView, Role } from './operator-view.ts'

export const Credentials = Type.Object(
  { email: Type.String({ maxLength: 320 }), password: Type.String({ maxLength: 1024 }) },
  closed,
)
export const SignedInView = Type.Object({ operator: OperatorView, expires_at: Time })
export const WhoView = Type.Object({
  operator: Type.Optional(OperatorView),
  admin_key: Type.Optional(Type.Object({ id: Type.String(), name: Type.String(), role: Role })),
  expires_at: Type.Optional(Time),
  idle_timeout_seconds: Type.Integer({ description: 'The time without use after which a session ends' }),
})
export const OfOperator = Type.Object({ id: Type.String({ maxLength: 64, description: 'The id (opr_…)' }) })
export const OfSession = Type.Object({
  ...OfOperator.properties,
  session: Type.String({ maxLength: 64, description: 'The id (ses_…)' }),
})

export const SessionView = Type.Object({
  id: Type.String(),
  created_at: Time,
  last_seen: Time,
  expires_at: Time,
  address: Type.String(),
  user_agent: Type.String(),
  current: Type.Boolean({ description: 'Whether the session sent this request' }),
})

export const sessionView = (session: Session, current: boolean): Type.Static<typeof SessionView> => ({
  id: session.id,
  created_at: timeView(session.createdAt),
  last_seen: timeView(session.lastSeenAt),
  expires_at: timeView(sessionEndsAt(session)),
  address: session.address,
  user_agent: session.userAgent,
  current,
})

/** The answer after an operator has signed in with a password. */
export const signedIn = ({ operator, session }: BegunSignIn): Type.Static<typeof SignedInView> => ({
  operator: operatorView({ ...operator, lastSignInAt: session.createdAt }),
  expires_at: timeView(sessionEndsAt(session)),
})
