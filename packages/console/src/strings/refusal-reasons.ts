// Each reason of a refusal in plain words, and its kind. A chart has one area for each kind.
import type { RefusalReason } from 'latchkey/admin-api'

export type RefusalKind =
  | 'superseded'
  | 'expired'
  | 'revoked'
  | 'disabled'
  | 'credentials'
  | 'not_allowed'
  | 'unreadable'
  | 'request'
  | 'token'
  | 'other'

/** In the order in which a chart stacks them. */
export const REFUSAL_KINDS: Readonly<Record<RefusalKind, string>> = {
  superseded: 'Replaced by a newer token',
  expired: 'Expired',
  revoked: 'Revoked',
  disabled: 'Integration disabled',
  credentials: 'Wrong credentials',
  not_allowed: 'Not allowed',
  unreadable: 'Unreadable credentials',
  request: 'Malformed request',
  token: 'Not a token of this server',
  other: 'Another reason',
}

type Words = readonly [kind: RefusalKind, phrase: string]

const REASONS: Readonly<Record<RefusalReason, Words>> = {
  superseded: ['superseded', 'the token was replaced by a newer one'],
  expired: ['expired', 'the token has expired'],
  revoked: ['revoked', 'the token was revoked'],
  integration_disabled: ['disabled', 'the integration of the token is disabled'],
  client_disabled: ['disabled', 'the integration is disabled'],
  unknown_client: ['credentials', 'no integration has this client ID'],
  wrong_secret: ['credentials', 'the client secret is wrong'],
  unknown_key: ['credentials', 'the integration has no such key'],
  bad_assertion_signature: ['credentials', 'the signature of the assertion is wrong'],
  credential_ended: ['credentials', 'the key or trust rule has ended'],
  assertion_audience: ['credentials', 'the assertion is for another server'],
  assertion_expired: ['credentials', 'the assertion has expired'],
  assertion_not_yet: ['credentials', 'the assertion begins in the future'],
  assertion_lifetime: ['credentials', 'the assertion lives too long'],
  unknown_issuer: ['credentials', 'no trusted issuer has signed the assertion'],
  trust_rule_mismatch: ['credentials', 'no trust rule matches the claims'],
  assertion_replayed: ['credentials', 'the assertion was used before'],
  assertion_state_unknown: ['other', 'earlier uses of assertions may be lost'],
  replay_window_crowded: ['other', 'too many assertions at once'],
  key_source_unavailable: ['other', 'the keys of a trusted issuer cannot be fetched'],
  verifications_full: ['other', 'too many signatures to check at once'],
  too_many_failures: ['credentials', 'too many attempts failed'],
  client_id_mismatch: ['credentials', 'two different client IDs'],
  address_not_allowed: ['not_allowed', 'the address is not allowed'],
  scope_not_granted: ['not_allowed', 'the scope is not granted'],
  insufficient_scope: ['not_allowed', 'the token is for another scope'],
  token_of_another_client: ['not_allowed', 'the token belongs to another integration'],
  no_resource_server_right: ['not_allowed', 'no right to check other tokens'],
  feed_full: ['not_allowed', 'too many readers of the feed'],
  credentials_missing: ['unreadable', 'no credentials'],
  several_authorization_headers: ['unreadable', 'several Authorization headers'],
  two_authentication_methods: ['unreadable', 'credentials in two places'],
  assertion_type_missing: ['unreadable', 'client_assertion_type is missing'],
  assertion_type_unknown: ['unreadable', 'another client_assertion_type'],
  assertion_missing: ['unreadable', 'client_assertion is missing'],
  assertion_malformed: ['unreadable', 'the assertion is no signed JWT'],
  assertion_header_unusable: ['unreadable', 'the header of the assertion cannot be used'],
  assertion_typ_unusable: ['unreadable', 'the assertion is another kind of JWT'],
  assertion_alg_unusable: ['unreadable', 'the assertion has another algorithm'],
  assertion_claims_unusable: ['unreadable', 'the claims of the assertion cannot be used'],
  too_long: ['unreadable', 'the header is too long'],
  other_scheme: ['unreadable', 'the scheme is not Basic'],
  nothing_sent: ['unreadable', 'nothing after the word Basic'],
  scheme_spacing: ['unreadable', 'not exactly one space after Basic'],
  scheme_twice: ['unreadable', 'the word Basic twice'],
  white_space: ['unreadable', 'white space or a line break inside'],
  unexpanded_command: ['unreadable', 'a shell command that did not run'],
  unexpanded_variable: ['unreadable', 'the name of a variable in place of its value'],
  placeholder: ['unreadable', 'a placeholder in place of credentials'],
  brackets: ['unreadable', 'brackets around the credentials'],
  not_encoded: ['unreadable', 'not encoded'],
  encoded_separately: ['unreadable', 'ID and secret encoded separately'],
  encoded_twice: ['unreadable', 'encoded twice'],
  base64url: ['unreadable', 'the base64url alphabet'],
  base64_padding: ['unreadable', 'cut off, or padding is missing'],
  not_base64: ['unreadable', 'not base64'],
  utf16: ['unreadable', 'encoded as UTF-16'],
  not_utf8: ['unreadable', 'not UTF-8'],
  no_colon: ['unreadable', 'no colon between ID and secret'],
  both_empty: ['unreadable', 'ID and secret are empty'],
  empty_client_id: ['unreadable', 'the client ID is empty'],
  empty_client_secret: ['unreadable', 'the client secret is empty'],
  trailing_newline: ['unreadable', 'a line break at the end'],
  percent_encoding: ['unreadable', 'an invalid percent escape'],
  control_character: ['unreadable', 'a control character'],
  client_id_needed: ['request', 'client_id is missing, and several integrations fit'],
  grant_type_missing: ['request', 'grant_type is missing'],
  grant_type_unsupported: ['request', 'another grant_type'],
  scope_missing: ['request', 'scope is missing'],
  scope_several: ['request', 'more than one scope'],
  scope_malformed: ['request', 'a malformed scope'],
  replaces_malformed: ['request', 'a malformed condition'],
  scope_unknown: ['request', 'no scope has this name'],
  token_parameter_missing: ['request', 'the parameter token is missing'],
  content_type_unsupported: ['request', 'the body is not a form'],
  body_too_large: ['request', 'the body is too large'],
  too_many_parameters: ['request', 'too many parameters'],
  parameter_too_long: ['request', 'a parameter is too long'],
  parameters_malformed: ['request', 'malformed parameters'],
  parameter_repeated: ['request', 'a parameter twice'],
  secret_in_uri: ['request', 'a secret in the address'],
  method_not_allowed: ['request', 'another HTTP method'],
  no_such_endpoint: ['request', 'no such endpoint'],
  host_unusable: ['request', 'an unusable Host header'],
  transfer_coding_unknown: ['request', 'an unknown transfer coding'],
  malformed: ['token', 'not a token'],
  bad_signature: ['token', 'another signature'],
  wrong_audience: ['token', 'for another audience'],
  unknown: ['token', 'not on record'],
  token_missing: ['token', 'no token'],
}

const isKnown = (reason: string): reason is RefusalReason => Object.hasOwn(REASONS, reason)

export const kindOf = (reason: string): RefusalKind => (isKnown(reason) ? REASONS[reason][0] : 'other')

/** The reason in words. A reason of a newer server is shown by its name. */
export const phraseOf = (reason: string): string => (isKnown(reason) ? REASONS[reason][1] : reason.replaceAll('_', ' '))
