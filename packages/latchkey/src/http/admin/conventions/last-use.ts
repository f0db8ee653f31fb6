// The schema of the last use of a secret, an admin key or an integration in the admin API.
import { Type } from 'typebox'
import type { LastUse } from '../../../ports/integrations.ts'
import { Time, timeView } from './times.ts'

export const LastUseView = Type.Union([
  Type.Object({ at: Time, address: Type.String(), user_agent: Type.String() }),
  Type.Null(),
])

export const lastUseView = (use: LastUse | undefined): Type.Static<typeof LastUseView> =>
  use === undefined ? null : { at: timeView(use.at), address: use.address, user_agent: use.userAgent }
