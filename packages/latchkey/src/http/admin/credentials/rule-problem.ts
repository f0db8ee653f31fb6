// The reasons why the server refuses a trust rule, as problems.
import { MAX_VALID_RULES } from '../../../domain/credential.ts'
import { IDENTITY_CLAIMS, MAX_ALTERNATIVES, MAX_MATCHERS } from '../../../domain/trust-rule.ts'
import type { RuleRefusal } from '../../../operations/new-trust-rule.ts'
import { type Problem, unusableMember } from '../problems/problem.ts'
import { trustedIssuerProblem } from '../trust/trusted-issuer-problems.ts'

/** @param pointer the JSON pointer to the rule in the request */
export function ruleProblem(reason: RuleRefusal['reason'] | 'too_many_rules', pointer = ''): Problem {
  switch (reason) {
    case 'unknown_trusted_issuer':
      return pointer === ''
        ? trustedIssuerProblem({ reason })
        : unusableMember(`${pointer}/issuer`, 'must be the name or the id of a trusted issuer')
    case 'too_many_rules':
      return {
        code: 'too_many_rules',
        detail: `An integration has at most ${String(MAX_VALID_RULES)} valid trust rules. End one of them first.`,
      }
    case 'too_many_matchers':
      return unusableMember(`${pointer}/claims`, `must have 1 to ${String(MAX_MATCHERS)} matchers`)
    case 'claim_unusable':
      return unusableMember(
        `${pointer}/claims`,
        'must name each claim by an array of 1 to 4 names of 1 to 128 characters',
      )
    case 'matcher_unusable':
      return unusableMember(
        `${pointer}/claims`,
        `must have exactly one of equals, one_of, prefix and present in each matcher, with texts of 1 to 1024 characters, and at most ${String(MAX_ALTERNATIVES)} of them in one_of`,
      )
    case 'prefix_unusable':
      return unusableMember(`${pointer}/claims`, 'must have a prefix of at least 8 characters that ends in / or :')
    case 'identity_missing':
      return unusableMember(
        `${pointer}/claims`,
        `must fix a claim that tells the subjects of the platform apart, by equals, one_of or prefix: ${identityClaims()}`,
      )
    case 'rule_too_large':
      return unusableMember(`${pointer}/claims`, 'must have at most 3800 bytes as JSON, together with the note')
    case 'expires_in_past':
      return unusableMember(`${pointer}/expires_at`, 'must be in the future')
  }
}

const identityClaims = (): string =>
  Object.entries(IDENTITY_CLAIMS)
    .map(([platform, paths]) => `${platform}: ${paths.map((path) => path.join('/')).join(', ')}`)
    .join('; ')
