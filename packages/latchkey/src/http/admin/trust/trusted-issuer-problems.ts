// The refusals about trusted issuers, as problems.
import type { VersionConflict } from '../../../domain/at-version.ts'
import type { LimitReached } from '../../../domain/limit-reached.ts'
import type { IssuerInUse, IssuerTaken, UnknownIssuer } from '../../../domain/trusted-issuer-change.ts'
import type { IssuerSettingsRefusal } from '../../../operations/trusted-issuers.ts'
import { staleVersion } from '../conventions/preconditions.ts'
import { notFound, type Problem, unusableMember } from '../problems/problem.ts'

type Refusal = IssuerSettingsRefusal | UnknownIssuer | VersionConflict | LimitReached | IssuerTaken | IssuerInUse

export function trustedIssuerProblem(refusal: Refusal): Problem {
  switch (refusal.reason) {
    case 'name_unusable':
      return unusableMember('/name', 'must have 1 to 40 characters of a-z, 0-9 and -')
    case 'url_unusable':
      return unusableMember(
        '/url',
        'must be https:// with a host, without a user name, a query and a fragment. For the platform spiffe it must be spiffe:// and a trust domain',
      )
    case 'url_is_own_issuer':
      return unusableMember('/url', 'must not be the issuer of this server, because its tokens authenticate no client')
    case 'jwks_uri_unusable':
      return unusableMember('/keys/uri', 'must be https:// with a host, without a user name and a fragment')
    case 'discovery_unusable':
      return unusableMember(
        '/keys',
        'must be a jwks_uri or inline keys, because a trust domain has no discovery document',
      )
    case 'inline_keys_unusable':
      return unusableMember('/keys/keys', 'must be 1 to 20 public keys')
    case 'no_usable_key':
      return unusableMember(
        '/keys/keys',
        'must have a usable key: RSA of 2048 to 4096 bits, P-256, P-384 or Ed25519, for one of the algorithms of the issuer. Its use must be sig or absent, or jwt-svid for the platform spiffe',
      )
    case 'tls_ca_unusable':
      return unusableMember('/tls_ca', 'must be one or more certificates in PEM, without a private key')
    case 'private_key':
      return {
        code: 'private_key_sent',
        detail: 'A key has private members, so it is no longer secret. Send only the public keys of the issuer.',
      }
    case 'algorithms_unusable':
      return unusableMember('/algorithms', 'must be one or more of RS256, PS256, ES256, EdDSA and ES384')
    case 'unknown_trusted_issuer':
      return notFound(
        'unknown_trusted_issuer',
        'No trusted issuer has this id or name. The list of issuers shows them.',
      )
    case 'version_conflict':
      return staleVersion(refusal.version)
    case 'limit_reached':
      return {
        code: 'limit_reached',
        detail: `The limit is ${String(refusal.most)} trusted issuers. Delete an issuer that is not used.`,
      }
    case 'issuer_name_taken':
      return { code: 'issuer_exists', detail: 'A trusted issuer has this name already.' }
    case 'issuer_url_taken':
      return { code: 'issuer_exists', detail: 'A trusted issuer has this URL already.' }
    case 'issuer_in_use':
      return {
        code: 'issuer_in_use',
        detail: `Trust rules of ${refusal.clientIds.slice(0, MOST_NAMED).join(', ')}${more(refusal.clientIds.length)} name this issuer. End them first, or disable the issuer.`,
      }
  }
}

const MOST_NAMED = 10

const more = (count: number): string => (count > MOST_NAMED ? ` and ${String(count - MOST_NAMED)} more` : '')
