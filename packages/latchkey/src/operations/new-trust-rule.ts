// Checks a trust rule that an operator sent, and makes a credential from it.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { JsonObject } from '../domain/audit-event.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import {
  type ClaimMatcher,
  matcherMembers,
  matchersFault,
  type Reuse,
  type RuleFault,
  type TrustRule,
  USUAL_PLATFORM_LIFETIME,
} from '../domain/trust-rule.ts'
import type { UnknownIssuer } from '../domain/trusted-issuer-change.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { identifier } from './identifier.ts'
import { issuerCalled } from './trusted-issuers.ts'

export interface NewRulePorts {
  readonly trustedIssuers: TrustedIssuers
  readonly random: Random
  readonly clock: Clock
}

export interface RuleRequest {
  /** The id or the name of the trusted issuer. */
  readonly issuer: string
  readonly matchers: readonly ClaimMatcher[]
  /** How often the server accepts the same assertion. Default: `until_expiry`. */
  readonly reuse?: Reuse | undefined
  /** The longest lifetime of an assertion, in seconds. Default: 3900. */
  readonly maxLifetimeSeconds?: number | undefined
  /** A note for operators. Default: no note. */
  readonly note?: string | undefined
  readonly endsAt?: EpochSeconds | undefined
}

export type RuleRefusal = UnknownIssuer | { readonly reason: RuleFault | 'rule_too_large' | 'expires_in_past' }

/**
 * The store limits the JSON text of a rule to 4 KiB. This limit for the matchers and the note leaves enough room for the
 * other members.
 */
const MAX_RULE_BYTES = 3800

export interface NewRule {
  readonly rule: TrustRule
  readonly issuer: TrustedIssuer
}

/** Checks the rule. Returns the credential, with a new id. Throws `StoreUnavailable`. */
export async function newTrustRule(ports: NewRulePorts, request: RuleRequest): Promise<Result<NewRule, RuleRefusal>> {
  await ports.trustedIssuers.refreshed()
  return trustRuleOf(ports, request)
}

/** Does the same as `newTrustRule`, but uses the trusted issuers in memory without refreshing them. */
export function trustRuleOf(
  ports: NewRulePorts,
  { issuer: idOrName, matchers, reuse = 'until_expiry', maxLifetimeSeconds, note, endsAt }: RuleRequest,
): Result<NewRule, RuleRefusal> {
  const issuer = issuerCalled(ports.trustedIssuers.all(), idOrName)
  if (issuer === undefined) return refuse({ reason: 'unknown_trusted_issuer' })
  const fault = matchersFault(matchers, issuer.platform)
  if (fault !== undefined) return refuse({ reason: fault })
  const bytes = Buffer.byteLength(JSON.stringify([matchers, note]))
  if (bytes > MAX_RULE_BYTES) return refuse({ reason: 'rule_too_large' })
  const now = ports.clock.now()
  if (endsAt !== undefined && endsAt <= now) return refuse({ reason: 'expires_in_past' })
  const rule: TrustRule = {
    ...{ kind: 'trust', id: `tru_${identifier(ports.random, now)}`, issuerId: issuer.id, matchers, reuse },
    maxLifetimeSeconds: maxLifetimeSeconds ?? USUAL_PLATFORM_LIFETIME,
    ...{ note: note === '' ? undefined : note, endsAt, hasEnded: false },
  }
  return accept({ rule, issuer })
}

/** The members of a rule that the audit trail records. */
export const auditedRule = (rule: TrustRule, issuer: TrustedIssuer): JsonObject => ({
  credential_id: rule.id,
  kind: 'trust',
  ...ruleFacts([issuer], rule),
  ends_at: rule.endsAt ?? null,
})

/**
 * Returns the members by which an operator can identify a rule. Shows the issuer by its name, or by its id if the
 * issuer is not in the list.
 */
export const ruleFacts = (issuers: readonly TrustedIssuer[], rule: TrustRule) => ({
  issuer: issuers.find(({ id }) => id === rule.issuerId)?.name ?? rule.issuerId,
  claims: rule.matchers.map(matcherMembers),
  reuse: rule.reuse,
  max_lifetime: rule.maxLifetimeSeconds,
  ...(rule.note !== undefined && { note: rule.note }),
})
