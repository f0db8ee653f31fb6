// What introspection and revocation ask for: a client's credentials and one token, in a form that is posted.
import { accept, type ClientCredentials, refuse, type Result } from '@latchkey/protocol'
import { readCredentials } from '../read-credentials.ts'
import { readForm } from '../read-form.ts'
import type { RequestRefusal } from '../request-refusal.ts'
import type { PublicRequest } from './public-request.ts'

export interface TokenParameter {
  readonly credentials: ClientCredentials
  readonly token: string
}

/** `token_type_hint` is not looked at: there is one type of token, and a wrong hint must not matter (RFC 7009 §2.1). */
export function readTokenParameter(request: PublicRequest): Result<TokenParameter, RequestRefusal> {
  if (request.method !== 'POST') return refuse({ reason: 'method_not_allowed', allow: 'POST' })
  const form = readForm(request)
  if (!form.ok) return form
  const credentials = readCredentials(request, form.value)
  if (!credentials.ok) return credentials
  const token = form.value.get('token')
  if (token === undefined) return refuse({ reason: 'token_parameter_missing' })
  return accept({ credentials: credentials.value, token })
}
