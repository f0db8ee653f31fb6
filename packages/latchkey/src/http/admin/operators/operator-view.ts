// An operator and a set-up link in the admin API.
import { Type } from 'typebox'
import { type Operator, operatorStatus } from '../../../domain/operator.ts'
import type { NewLink } from '../../../operations/create-set-up-link.ts'
import { Time, TimeOrNull, timeOrNull, timeView } from '../conventions/times.ts'

export const Role = Type.Enum(['viewer', 'editor', 'owner'], {
  description: 'viewer: may read. editor: may also change integrations, scopes and APIs. owner: may do everything',
})

export const OperatorView = Type.Object({
  id: Type.String(),
  email: Type.String(),
  role: Role,
  created_at: Time,
  last_sign_in: TimeOrNull,
  status: Type.Enum(['active', 'invited', 'disabled']),
  version: Type.Integer({ description: 'Grows at every change. The ETag contains it' }),
})

export const operatorView = (operator: Operator): Type.Static<typeof OperatorView> => ({
  id: operator.id,
  email: operator.email,
  role: operator.role,
  created_at: timeView(operator.createdAt),
  last_sign_in: timeOrNull(operator.lastSignInAt),
  status: operatorStatus(operator),
  version: operator.version,
})

export const LinkView = Type.Object({
  link: Type.String({
    description: 'The page of the console where the operator chooses a password. Works once and is shown once',
  }),
  link_expires_at: Time,
})

/**
 * The code is in the fragment of the URL. Browsers do not send fragments, so no log of a server or proxy has the code.
 */
export const linkOf = (origin: string, { code }: NewLink): string => `${origin}/set-up#${code.reveal()}`

export const linkView = (origin: string, link: NewLink): Type.Static<typeof LinkView> => ({
  link: linkOf(origin, link),
  link_expires_at: timeView(link.expiresAt),
})
