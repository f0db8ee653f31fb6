// The refusals about integrations and their secrets, as problems.
import type { VersionConflict } from '../../../domain/at-version.ts'
import type { CredentialsRefusal } from '../../../operations/create-integration.ts'
import type { FieldRefusal } from '../../../operations/integration-request.ts'
import type { SecretRequestRefusal } from '../../../operations/new-secret.ts'
import type { UnknownIntegration } from '../../../ports/integrations.ts'
import { unknownScopeProblem } from '../catalog/catalog-problems.ts'
import { KEY_REUSED } from '../conventions/idempotency.ts'
import { staleVersion } from '../conventions/preconditions.ts'
import { DESCRIPTION_RULE, NAME_RULE, TAG_RULE } from '../conventions/text-rules.ts'
import { keyProblem } from '../credentials/key-problem.ts'
import { keySourceProblem } from '../credentials/key-source-problem.ts'
import { ruleProblem } from '../credentials/rule-problem.ts'
import { invalidRequest, notFound, type Problem, unusableMember } from '../problems/problem.ts'

export type IntegrationRefusal =
  | FieldRefusal
  | SecretRequestRefusal
  | CredentialsRefusal
  | UnknownIntegration
  | VersionConflict
  | { readonly reason: 'idempotency_key_reused' }
  | { readonly reason: 'unknown_secret' | 'two_secrets_valid' | 'secret_not_kept' | 'unknown_slot' }

export const RENEWAL_WITHOUT_STABLE = invalidRequest(
  '/issue_mode/renew_before_seconds is for the kind stable: in the kind replace every request gets a new token.',
  { pointer: '/issue_mode/renew_before_seconds', detail: 'belongs only to the kind stable' },
)

export const RIGHT_SAID_TWICE = invalidRequest(
  '/resource_server is shorthand for a resource_server_for that equals scopes: send only one of the two members.',
  {
    pointer: '/resource_server',
    detail: 'is shorthand for a resource_server_for that equals scopes: send only one of the two members',
  },
)

export function integrationProblem(refusal: IntegrationRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown_integration':
      return notFound(
        'unknown_integration',
        'No integration has this id or client ID. Ids begin with int_; the list shows them.',
      )
    case 'version_conflict':
      return staleVersion(refusal.version)
    case 'idempotency_key_reused':
      return KEY_REUSED
    case 'name_unusable':
      return unusableMember('/name', NAME_RULE)
    case 'description_unusable':
      return unusableMember('/description', DESCRIPTION_RULE)
    case 'tag_unusable':
      return unusableMember(`/tags/${String(refusal.index)}`, TAG_RULE)
    case 'address_unusable':
      return unusableMember(
        `/allowed_addresses/${String(refusal.index)}`,
        'must be an IPv4 or IPv6 address, or a CIDR range that begins at its first address, such as 10.1.0.0/16',
      )
    case 'unknown_scope':
      return unknownScopeProblem(refusal.scope, refusal.known, `/${refusal.member}/${String(refusal.index)}`)
    case 'imported_secret_unusable':
      return unusableMember('/imported_secret', 'must be sha256: and 64 hexadecimal digits, the SHA-256 of the secret')
    case 'secret_end_unusable':
      return secretEndProblem('/secret_expires_at')
    case 'key_refused':
      return keyProblem(refusal.cause, `/credentials/${String(refusal.index)}/jwk`)
    case 'key_source_refused':
      return keySourceProblem(refusal.cause, `/credentials/${String(refusal.index)}/uri`)
    case 'rule_refused':
      return ruleProblem(refusal.cause, `/credentials/${String(refusal.index)}`)
    case 'unknown_secret':
      return notFound('unknown_secret', 'This integration has no secret with this id. Ids begin with sec_.')
    case 'two_secrets_valid':
      return {
        code: 'two_secrets_valid',
        detail:
          'Two secrets of this integration are valid now, which is the limit. Name the secret to end in end_secret, or rotate without an overlap, which ends both secrets.',
      }
    case 'secret_not_kept':
      return {
        code: 'secret_not_kept',
        detail:
          'The server has no readable copy of this secret: the secret was imported, or the server shows secrets only once. Rotate the secret to get a secret that you can read.',
      }
    case 'unknown_slot':
      return notFound('unknown_slot', 'This integration never had this scope, so no token of it can be here.')
  }
}

/** @param pointer the JSON pointer to the member with the end of the secret */
export const secretEndProblem = (pointer: string): Problem =>
  unusableMember(pointer, 'must be an RFC 3339 time in the future, at most ten years ahead')
