// Reads the client's credentials from the Basic header or from the form. A request that has both is refused (RFC 6749
// §2.3).
import {
  accept,
  type ClientCredentials,
  detached,
  readBasicCredentials,
  refuse,
  type Result,
  Secret,
} from '@latchkey/protocol'
import type { PublicRequest } from './public/public-request.ts'
import type { Form } from './read-form.ts'
import type { RequestRefusal } from './request-refusal.ts'

export function readCredentials(request: PublicRequest, form: Form): Result<ClientCredentials, RequestRefusal> {
  // Counts the raw headers, because Node's `headers` keeps only the first of several Authorization headers.
  const [header, ...others] = request.headers('authorization')
  if (others.length > 0) return refuse({ reason: 'several_authorization_headers' })
  const assertion = form.get('client_assertion') ?? form.get('client_assertion_type')
  return header === undefined ? fromForm(form, assertion) : fromHeader(header, form, assertion)
}

function fromHeader(
  header: string,
  form: Form,
  assertion: string | undefined,
): Result<ClientCredentials, RequestRefusal> {
  if (form.get('client_secret') !== undefined || assertion !== undefined) {
    return refuse({ reason: 'two_authentication_methods' })
  }
  const basic = readBasicCredentials(header)
  if (!basic.ok) return refuse({ reason: 'basic_unreadable', problem: basic.refusal })
  const clientId = form.get('client_id')
  return clientId === undefined || clientId === basic.value.clientId ? basic : refuse({ reason: 'client_id_mismatch' })
}

function fromForm(form: Form, assertion: string | undefined): Result<ClientCredentials, RequestRefusal> {
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  if (assertion !== undefined) {
    return refuse({ reason: clientSecret === undefined ? 'assertion_unsupported' : 'two_authentication_methods' })
  }
  if (clientId === undefined || clientSecret === undefined) return refuse({ reason: 'credentials_missing' })
  // Copies the text: V8 keeps the whole body, with the secret, in memory as long as a slice of it.
  return accept({ clientId: detached(clientId), clientSecret: new Secret(clientSecret) })
}
