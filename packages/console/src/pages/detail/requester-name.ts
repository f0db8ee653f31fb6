// The name of a caller that requested a token.
import type { Requester } from 'latchkey/admin-api'
import { authenticationText } from '../../strings/authentication.ts'
import { type AnyCredential, usedCredentialName } from './any-credential.ts'

/** Returns the address of the caller, and the name of its program if the caller sent one. */
export const requesterName = ({ address, user_agent: agent }: Pick<Requester, 'address' | 'user_agent'>): string =>
  agent === '' ? address : `${address} (${agent})`

type ProvenCaller = Pick<Requester, 'address' | 'user_agent' | 'credential_id' | 'method'> & {
  readonly subject?: string | null
}

/** Returns `requesterName` and the subject that a platform proved, or the credential if there is no such subject. */
export function provenName(caller: ProvenCaller, known: readonly AnyCredential[]): string {
  const { subject } = caller
  if (typeof subject === 'string') return authenticationText.as(requesterName(caller), subject)
  return authenticationText.with(requesterName(caller), usedCredentialName(caller, known))
}
