// The name of a caller that requested a token.
import type { Requester } from 'latchkey/admin-api'
import { authenticationText } from '../../strings/authentication.ts'
import { type AnyCredential, usedCredentialName } from './any-credential.ts'

/** The address, and the program if it gave its name. */
export const requesterName = ({ address, user_agent: agent }: Pick<Requester, 'address' | 'user_agent'>): string =>
  agent === '' ? address : `${address} (${agent})`

/** The same with the credential that proved the caller. */
export const provenName = (requester: Omit<Requester, 'secret_id'>, known: readonly AnyCredential[]): string =>
  authenticationText.with(requesterName(requester), usedCredentialName(requester, known))
