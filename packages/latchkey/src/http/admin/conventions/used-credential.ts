// The credential of a request, in the form in which issuance histories and contentions show it.
import { Type } from 'typebox'
import { kindOfCredential } from '../../../domain/credential.ts'

export const usedCredential = {
  credential_id: Type.String({
    description: 'The id of the secret (sec_…), key (key_…) or trust rule (tru_…) with which the client authenticated',
  }),
  method: Type.Enum(['client_secret', 'private_key_jwt']),
  secret_id: Type.Union([Type.String(), Type.Null()], {
    description: 'The credential_id if the credential is a secret, else null',
  }),
}

type UsedCredential = { readonly [Member in keyof typeof usedCredential]: Type.Static<(typeof usedCredential)[Member]> }

export function usedCredentialView(id: string): UsedCredential {
  const isSecret = kindOfCredential(id) === 'secret'
  return { credential_id: id, method: isSecret ? 'client_secret' : 'private_key_jwt', secret_id: isSecret ? id : null }
}
