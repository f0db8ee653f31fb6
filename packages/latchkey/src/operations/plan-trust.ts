// Plans the changes that make the trust rules of an integration equal to the entry of a manifest.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { withRule } from '../domain/credential-change.ts'
import { type Credential, isCredentialValid, isRule } from '../domain/credential.ts'
import type { Integration } from '../domain/integration.ts'
import { matcherMembers, type TrustRule } from '../domain/trust-rule.ts'
import type { RulesRefusal } from './create-integration.ts'
import {
  auditedRule,
  type NewRule,
  type NewRulePorts,
  ruleFacts,
  type RuleRequest,
  trustRuleOf,
} from './new-trust-rule.ts'
import { type CredentialPlan, endedRecord, NOTHING } from './credential-plan.ts'

/**
 * Plans the changes of the trust rules. Ends the undeclared rules before it adds new rules, because the number of valid
 * rules is limited.
 */
export function planTrust(
  ports: NewRulePorts,
  declared: readonly RuleRequest[],
  { credentials }: Integration,
): Result<CredentialPlan, RulesRefusal> {
  const now = ports.clock.now()
  const valid = credentials.filter(isRule).filter((rule) => isCredentialValid(rule, now))
  const kept: TrustRule[] = []
  const added: NewRule[] = []
  let after: readonly Credential[] = []
  for (const [index, request] of declared.entries()) {
    const made = trustRuleOf(ports, request)
    if (!made.ok) return refuse({ reason: 'rule_refused', index, cause: made.refusal.reason })
    const known = valid.find((rule) => !kept.includes(rule) && isDeclared(rule, made.value.rule, request))
    const all = withRule(after, known ?? made.value.rule, now)
    if (!all.ok) return refuse({ reason: 'rule_refused', index, cause: 'too_many_rules' })
    after = all.value
    if (known === undefined) added.push(made.value)
    else kept.push(known)
  }
  const ended = valid.filter((rule) => !kept.includes(rule))
  if (ended.length + added.length === 0) return accept(NOTHING)
  const facts = (rule: TrustRule) => ruleFacts(ports.trustedIssuers.all(), rule)
  return accept({
    records: [
      ...ended.map(({ id }) => endedRecord(id, now)),
      ...added.map(({ rule, issuer }) => ({
        event: 'credential.added' as const,
        changes: [{ kind: 'add_rule', rule }] as const,
        remark: auditedRule(rule, issuer),
      })),
    ],
    before: { trust: valid.map(facts) },
    after: { trust: [...kept, ...added.map(({ rule }) => rule)].map(facts) },
  })
}

/**
 * Returns true if the known rule matches the entry. Ignores a lifetime or a reuse that the entry does not contain, and
 * the end of the rule, which a manifest cannot set.
 */
const isDeclared = (known: TrustRule, declared: TrustRule, { reuse, maxLifetimeSeconds }: RuleRequest): boolean =>
  known.issuerId === declared.issuerId &&
  textOf(known) === textOf(declared) &&
  (reuse === undefined || known.reuse === reuse) &&
  (maxLifetimeSeconds === undefined || known.maxLifetimeSeconds === maxLifetimeSeconds)

/**
 * Returns a text of the matchers for a comparison. Sorts the matchers, because an assertion must meet all of them and
 * their order does not matter.
 */
const textOf = ({ matchers }: TrustRule): string =>
  JSON.stringify(matchers.map((matcher) => JSON.stringify(matcherMembers(matcher))).toSorted())
