// The name of a caller that requested a token.
import type { Requester } from 'latchkey/admin-api'
import { authenticationText } from '../../strings/authentication.ts'
import { type AnyCredential, usedCredentialName } from './any-credential.ts'

/** The address, and the program if it gave its name. */
export const requesterName = ({ address, user_agent: agent }: Pick<Requester, 'address' | 'user_agent'>): string =>
  agent === '' ? address : `${address} (${agent})`

type ProvenCaller = Pick<Requester, 'address' | 'user_agent' | 'credential_id' | 'method'> & {
  readonly subject?: string | null
}

/** The same with the subject that a platform proved, or else with the credential. */
export function provenName(caller: ProvenCaller, known: readonly AnyCredential[]): string {
  const { subject } = caller
  if (typeof subject === 'string') return authenticationText.as(requesterName(caller), subject)
  return authenticationText.with(requesterName(caller), usedCredentialName(caller, known))
}
