// Reads a request for introspection or revocation: a form with client credentials and one token.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { type PresentedCredentials, readCredentials } from '../read-credentials.ts'
import { readForm } from '../read-form.ts'
import type { RequestRefusal } from '../request-refusal.ts'
import type { PublicRequest } from './public-request.ts'

export interface TokenParameter {
  readonly credentials: PresentedCredentials
  readonly token: string
}

/** Ignores `token_type_hint`, because there is one type of token and a wrong hint must not matter (RFC 7009 §2.1). */
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
