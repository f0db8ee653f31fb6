// The member that says whether an operator can end a secret or another credential safely.
import { Type } from 'typebox'
import type { Retirement } from '../../../domain/safe-to-retire.ts'

export const RetirementView = Type.Object(
  { verdict: Type.Enum(['yes', 'no', 'unknown']), why: Type.String() },
  {
    description:
      'Whether you can end the credential and no request of the client fails because of it. The verdict depends on the use of all credentials of the integration',
  },
)

export const retirementView = (retirement: Retirement): Type.Static<typeof RetirementView> => RETIREMENTS[retirement]

const RETIREMENTS = {
  ended_already: { verdict: 'yes', why: 'The credential has ended and authenticates nothing.' },
  replaced: { verdict: 'yes', why: 'The credential was not used for a day, and another credential was used.' },
  only_credential: { verdict: 'no', why: 'This is the only credential that works. Add another credential first.' },
  issuer_disabled: {
    verdict: 'unknown',
    why: 'The issuer of the trust rule is disabled, so the rule authenticates no workload until the issuer is enabled.',
  },
  recently_used: { verdict: 'no', why: 'The credential was used within the last day.' },
  recently_made: {
    verdict: 'unknown',
    why: 'The credential was made within the last day and not used yet: the program may still be waiting for it.',
  },
  nothing_used_since: {
    verdict: 'unknown',
    why: 'The credential was not used for a day, but no other credential was used since either: the program may not have run.',
  },
  replacement_ends: {
    verdict: 'unknown',
    why: 'The credential was not used for a day, and another credential was used. But the other credential ends first.',
  },
} as const satisfies Record<Retirement, Type.Static<typeof RetirementView>>
