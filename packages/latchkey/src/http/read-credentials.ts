// Reads the client's credentials: the Basic header, or a secret or an assertion in the form. Refuses a request that has
// more than one of them (RFC 6749 §2.3).
import {
  accept,
  type ClientCredentials,
  detached,
  JWT_BEARER,
  JWT_SPIFFE,
  type OwnAssertion,
  type PlatformAssertion,
  readBasicCredentials,
  readClientAssertion,
  refuse,
  type Result,
  Secret,
} from '@latchkey/protocol'
import type { AuthenticationMethod } from '../ports/activity.ts'
import type { PublicRequest } from './public/public-request.ts'
import type { Form } from './read-form.ts'
import type { RequestRefusal } from './request-refusal.ts'

export type PresentedCredentials =
  | ClientCredentials
  | { readonly clientId: string; readonly assertion: OwnAssertion }
  | { readonly clientId: string | undefined; readonly platform: PlatformAssertion }

/** Returns the authentication method of the client with these credentials. */
export function methodOf(request: PublicRequest, credentials: PresentedCredentials): AuthenticationMethod {
  if (!('clientSecret' in credentials)) return 'private_key_jwt'
  return request.header('authorization') === undefined ? 'client_secret_post' : 'client_secret_basic'
}

export function readCredentials(request: PublicRequest, form: Form): Result<PresentedCredentials, RequestRefusal> {
  // Counts the raw headers, because Node's `headers` keeps only the first of several Authorization headers.
  const [header, ...others] = request.headers('authorization')
  if (others.length > 0) return refuse({ reason: 'several_authorization_headers' })
  const hasAssertion = form.get('client_assertion') !== undefined || form.get('client_assertion_type') !== undefined
  const hasSecret = form.get('client_secret') !== undefined
  if (Number(header !== undefined) + Number(hasAssertion) + Number(hasSecret) > 1) {
    return refuse({ reason: 'two_authentication_methods' })
  }
  if (header !== undefined) return fromHeader(header, form)
  return hasAssertion ? fromAssertion(form) : fromForm(form)
}

function fromHeader(header: string, form: Form): Result<ClientCredentials, RequestRefusal> {
  const basic = readBasicCredentials(header)
  if (!basic.ok) return refuse({ reason: 'basic_unreadable', problem: basic.refusal })
  const clientId = form.get('client_id')
  return clientId === undefined || clientId === basic.value.clientId ? basic : refuse({ reason: 'client_id_mismatch' })
}

function fromForm(form: Form): Result<ClientCredentials, RequestRefusal> {
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  if (clientId === undefined || clientSecret === undefined) return refuse({ reason: 'credentials_missing' })
  // Copies the text, because V8 keeps the whole body with the secret in memory while a slice of the body is in use.
  return accept({ clientId: detached(clientId), clientSecret: new Secret(clientSecret) })
}

/**
 * RFC 7521 §4.2: the parameter `client_id` is optional. With an assertion of the client's own key, it must name the
 * same client. With an assertion of a platform, it names the integration whose trust rules count.
 */
function fromAssertion(form: Form): Result<PresentedCredentials, RequestRefusal> {
  const type = form.get('client_assertion_type')
  const text = form.get('client_assertion')
  if (type === undefined) return refuse({ reason: 'assertion_type_missing' })
  if (type !== JWT_BEARER && type !== JWT_SPIFFE) return refuse({ reason: 'assertion_type_unknown' })
  if (text === undefined) return refuse({ reason: 'assertion_missing' })
  const assertion = readClientAssertion(text, type)
  if (!assertion.ok) return refuse({ reason: assertion.refusal })
  const clientId = form.get('client_id')
  if (assertion.value.kind === 'platform') {
    return accept({ clientId: clientId && detached(clientId), platform: assertion.value })
  }
  return clientId === undefined || clientId === assertion.value.clientId
    ? accept({ clientId: assertion.value.clientId, assertion: assertion.value })
    : refuse({ reason: 'client_id_mismatch' })
}
