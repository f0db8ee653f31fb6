// The name of a caller that requested a token.
import type { Requester } from 'latchkey/admin-api'

/** The address, and the program if it gave its name. */
export const requesterName = ({ address, user_agent: agent }: Pick<Requester, 'address' | 'user_agent'>): string =>
  agent === '' ? address : `${address} (${agent})`
