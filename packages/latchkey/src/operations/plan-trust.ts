// Plans the changes that make the trust rules of an integration equal to the entry of a manifest.
import { accept, type Result } from '@latchkey/protocol'
import { isCredentialValid, isRule } from '../domain/credential.ts'
import type { Integration } from '../domain/integration.ts'
import type { TrustRule } from '../domain/trust-rule.ts'
import { type CredentialPlan, endedRecord, NOTHING } from './credential-plan.ts'
import { auditedRule, type NewRulePorts, ruleFacts, type RuleRequest } from './new-trust-rule.ts'
import { type RulesRefusal, wantedRules } from './wanted-rules.ts'

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
  const wanted = wantedRules(ports, declared, valid)
  if (!wanted.ok) return wanted
  const kept = wanted.value.flatMap(({ known }) => known ?? [])
  const added = wanted.value.filter(({ known }) => known === undefined).map(({ made }) => made)
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
