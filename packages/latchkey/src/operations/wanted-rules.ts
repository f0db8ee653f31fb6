// Makes the trust rules that a new integration or a manifest asks for.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { withRule } from '../domain/credential-change.ts'
import type { Credential } from '../domain/credential.ts'
import { matcherMembers, type TrustRule } from '../domain/trust-rule.ts'
import { type NewRule, type NewRulePorts, type RuleRefusal, type RuleRequest, trustRuleOf } from './new-trust-rule.ts'

/** The refusal of a trust rule. `index` is the index of the rule in the request. */
export interface RulesRefusal {
  readonly reason: 'rule_refused'
  readonly index: number
  readonly cause: RuleRefusal['reason'] | 'too_many_rules'
}

export interface WantedRule {
  /** The requested rule, with a new id. */
  readonly made: NewRule
  /**
   * The valid rule of the integration that equals the requested rule. Undefined if the integration has no such rule.
   */
  readonly known: TrustRule | undefined
}

/**
 * Returns each requested rule, together with the equal rule in `valid` if there is one. Two equal rules count as one
 * rule for the limit. Looks up the issuers of the rules in memory.
 */
export function wantedRules(
  ports: NewRulePorts,
  requests: readonly RuleRequest[],
  valid: readonly TrustRule[] = [],
): Result<readonly WantedRule[], RulesRefusal> {
  const wanted: WantedRule[] = []
  let all: readonly Credential[] = []
  for (const [index, request] of requests.entries()) {
    const made = trustRuleOf(ports, request)
    if (!made.ok) return refuse({ reason: 'rule_refused', index, cause: made.refusal.reason })
    const isFree = (rule: TrustRule) => wanted.every(({ known }) => known !== rule)
    const known = valid.find((rule) => isFree(rule) && isEqual(rule, made.value.rule, request))
    const added = withRule(all, known ?? made.value.rule, ports.clock.now())
    if (!added.ok) return refuse({ reason: 'rule_refused', index, cause: 'too_many_rules' })
    all = added.value
    wanted.push({ made: made.value, known })
  }
  return accept(wanted)
}

/**
 * Returns true if the known rule equals the requested rule. Ignores `reuse`, `maxLifetimeSeconds` and `note` if the
 * request does not contain them. Always ignores the end of the rule, which a manifest cannot set.
 */
const isEqual = (known: TrustRule, made: TrustRule, { reuse, maxLifetimeSeconds, note }: RuleRequest): boolean =>
  known.issuerId === made.issuerId &&
  textOf(known) === textOf(made) &&
  (reuse === undefined || known.reuse === reuse) &&
  (maxLifetimeSeconds === undefined || known.maxLifetimeSeconds === maxLifetimeSeconds) &&
  (note === undefined || (known.note ?? '') === note)

/**
 * Returns the matchers as a text for a comparison. Sorts them, because an assertion must meet all of them and their
 * order does not matter.
 */
const textOf = ({ matchers }: TrustRule): string =>
  JSON.stringify(matchers.map((matcher) => JSON.stringify(matcherMembers(matcher))).toSorted())
