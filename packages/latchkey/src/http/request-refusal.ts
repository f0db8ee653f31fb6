// The reasons for which the server refuses a request before it authenticates the client.
import type { AssertionFault, BasicProblem } from '@latchkey/protocol'

export type RequestRefusal =
  | { readonly reason: 'no_such_endpoint' }
  | { readonly reason: 'host_unusable' }
  | { readonly reason: 'transfer_coding_unknown' }
  | { readonly reason: 'method_not_allowed'; readonly allow: string }
  | { readonly reason: 'content_type_unsupported' }
  | { readonly reason: 'body_too_large' }
  | { readonly reason: 'too_many_parameters' }
  | { readonly reason: 'parameter_too_long' }
  | { readonly reason: 'parameters_malformed' }
  | { readonly reason: 'parameter_repeated' }
  | { readonly reason: 'secret_in_uri' }
  | { readonly reason: 'several_authorization_headers' }
  | { readonly reason: 'two_authentication_methods' }
  | { readonly reason: 'client_id_mismatch' }
  | { readonly reason: 'assertion_type_missing' | 'assertion_type_unknown' | 'assertion_missing' }
  | { readonly reason: AssertionFault }
  | { readonly reason: 'basic_unreadable'; readonly problem: BasicProblem }
  | { readonly reason: 'credentials_missing' }
  | { readonly reason: 'token_parameter_missing' }
  /** The feed already has the maximum number of readers, in total or for this client. */
  | { readonly reason: 'feed_full'; readonly clientId: string }
