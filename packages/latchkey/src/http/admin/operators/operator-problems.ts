// The refusals about operators and set-up links, as problems.
import type { VersionConflict } from '../../../domain/at-version.ts'
import type { LastOwner, OperatorDisabled, OwnerExists, UnknownOperator } from '../../../domain/operator-change.ts'
import { LONGEST_PASSWORD, type PasswordProblem, SHORTEST_PASSWORD } from '../../../domain/password.ts'
import type { InviteRefusal } from '../../../operations/invite-operator.ts'
import type { SetUpRefusal } from '../../../operations/use-set-up-link.ts'
import { staleVersion } from '../conventions/preconditions.ts'
import { notFound, type Problem, unusableMember } from '../problems/problem.ts'

type OperatorRefusal =
  InviteRefusal | SetUpRefusal | UnknownOperator | VersionConflict | LastOwner | OperatorDisabled | OwnerExists

export function operatorProblem(refusal: OperatorRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown_operator':
      return unknownOperator()
    case 'version_conflict':
      return staleVersion(refusal.version)
    case 'last_owner':
      return {
        code: 'last_owner',
        detail: 'This is the last owner who can sign in. Make another operator an owner first.',
      }
    case 'operator_disabled':
      return { code: 'operator_disabled', detail: 'The operator is disabled. Set the status to active first.' }
    case 'owner_exists':
      return {
        code: 'owner_exists',
        detail:
          'The server already has an owner. If the password is lost, run: latchkey operators reset <id or e-mail>.',
      }
    case 'operator_exists':
      return {
        code: 'operator_exists',
        detail: 'An operator with this e-mail exists. Reset that operator to get a new link.',
      }
    case 'limit_reached':
      return { code: 'limit_reached', detail: `The limit is ${String(refusal.most)} operators. Remove some first.` }
    case 'email_unusable':
      return unusableMember('/email', 'must be an e-mail address')
    case 'password_unusable':
      return unusableMember('/password', PASSWORD_RULES[refusal.problem])
    case 'code_unusable':
      return CODE_UNUSABLE
    case 'passwords_busy':
      return SIGN_IN_BUSY
  }
}

export const SIGN_IN_BUSY: Problem = {
  code: 'sign_in_busy',
  detail: 'Many operators are signing in now. Try again.',
}

export const unknownOperator = (): Problem =>
  notFound('unknown_operator', 'No operator has this id. Ids begin with opr_; the list shows them.')

const CODE_UNUSABLE: Problem = {
  code: 'set_up_code_unusable',
  detail:
    'The link was used, was replaced by a newer link, or has expired. For the first owner, run: latchkey setup-link. For other operators, ask an owner for a new link.',
}

const PASSWORD_RULES: Readonly<Record<PasswordProblem, string>> = {
  too_short: `must have at least ${String(SHORTEST_PASSWORD)} characters`,
  too_long: `must have at most ${String(LONGEST_PASSWORD)} characters`,
  is_the_email: 'must not be the e-mail',
  commonplace: 'must not be a common password: use several words that have nothing to do with each other',
}
