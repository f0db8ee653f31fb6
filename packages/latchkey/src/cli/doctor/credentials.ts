// Checks how active integrations authenticate: secrets that keys or trust rules replaced, trust rules that end soon or
// that no workload uses, keys that cannot be fetched, and integrations without any credential. Also checks the trusted
// issuers that the rules name.
import type { Environment } from '../../config/environment.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
import type {
  Credential,
  Integration,
  IntegrationQuery,
  IntegrationSecret,
  List,
  TrustRule,
} from '../../http/contract/admin-api.ts'
import { type AdminClient, adminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure } from '../cli-failure.ts'
import { quoted } from '../show.ts'
import { printable } from '../terminal.ts'
import { type Finding, namedAdvice, namedProblem, skipped } from './finding.ts'
import { examineTrustedIssuers } from './trusted-issuers.ts'

const UNFETCHED = 'keys of clients'
const REPLACED = 'secrets beside keys'
const BOTH_FOR_LONG = 'secrets beside keys for long'
const WITHOUT = 'integrations without credentials'
const ENDING = 'trust rules that end soon'
const UNUSED = 'trust rules without use'

const DAY = 86_400_000
/** A move from a secret to keys that takes longer than this was probably forgotten by its operator. */
const LONG_MILLISECONDS = 30 * DAY
/** Doctor reports a trust rule that ends within this time. The server uses the same time for secrets. */
const SOON_MILLISECONDS = 14 * DAY
/** Doctor reports a trust rule that was unused for this time. The server uses the same time for integrations. */
const UNUSED_MILLISECONDS = 90 * DAY

/** An active integration that has a key or a trust rule. */
interface Keyed {
  readonly integration: Integration
  /** The credentials that have not ended. */
  readonly credentials: readonly Credential[]
  /** The valid secrets. */
  readonly secrets: readonly IntegrationSecret[]
}

/**
 * Returns no finding if there is nothing to do. Also returns no finding if there is no admin key, because another check
 * reports that. Disabled integrations need no credential.
 */
export async function examineCredentials(env: Environment): Promise<readonly Finding[]> {
  if (!readClientConfig(env).ok) return []
  const server = adminClient(env)
  const [keyed, without]: [Keyed[], Integration[]] = [[], []]
  try {
    const active = server.items<Integration, IntegrationQuery>('/integrations', { status: 'active' })
    for await (const integration of active) {
      const { authentication_methods: methods } = integration
      if (methods.length === 0) without.push(integration)
      else if (methods.includes('private_key_jwt')) keyed.push(await readKeyed(server, integration))
    }
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return [skipped(REPLACED, 'the server did not report the integrations')]
  }
  const rules = keyed.flatMap(rulesOf)
  return [
    ...findingsOf({ keyed, rules, without }, Date.now()),
    ...(await examineTrustedIssuers(server, new Set(rules.map(({ rule }) => rule.issuer)))),
  ]
}

async function readKeyed(server: AdminClient, integration: Integration): Promise<Keyed> {
  const { items } = await server.get<List<Credential>>(at`/integrations/${integration.id}/credentials`)
  const hasSecret = integration.authentication_methods.includes('client_secret_basic')
  const secrets = hasSecret
    ? (await server.get<List<IntegrationSecret>>(at`/integrations/${integration.id}/secrets`)).items
    : []
  return { integration, secrets, credentials: items.filter(({ status }) => status !== 'ended') }
}

interface NamedRule {
  readonly integration: Integration
  readonly rule: TrustRule
}

const rulesOf = ({ integration, credentials }: Keyed): readonly NamedRule[] =>
  credentials.flatMap((rule) => (rule.kind === 'trust' ? [{ integration, rule }] : []))

interface Read {
  readonly keyed: readonly Keyed[]
  readonly rules: readonly NamedRule[]
  readonly without: readonly Integration[]
}

function findingsOf({ keyed, rules, without }: Read, now: number): readonly Finding[] {
  const withSecret = keyed.filter(({ secrets }) => secrets.length > 0)
  const replaced = withSecret.filter(isSecretReplaced)
  const forLong = withSecret.filter((one) => !isSecretReplaced(one) && isKeyedFor(one, now) > LONG_MILLISECONDS)
  const ending = rules.filter(({ rule }) => rule.ends_at !== null && Date.parse(rule.ends_at) - now < SOON_MILLISECONDS)
  const unused = rules.filter(({ rule }) => now - lastUseOf(rule) > UNUSED_MILLISECONDS)
  const unfetched = keyed.flatMap(faultsOf)
  return [
    ...namedProblem(UNFETCHED, unfetched, UNFETCHED_CURE),
    ...namedAdvice(REPLACED, replaced.map(ofKeyed), REPLACED_CURE),
    ...namedAdvice(BOTH_FOR_LONG, forLong.map(ofKeyed), BOTH_CURE),
    ...namedAdvice(ENDING, ending.map(ofRule), ENDING_CURE),
    ...namedAdvice(UNUSED, unused.map(ofRule), UNUSED_CURE),
    ...namedAdvice(WITHOUT, without.map(nameOf), WITHOUT_CURE),
  ]
}

const UNFETCHED_CURE =
  'The server cannot fetch the keys from their jwks_uri. Clients without keys in memory get 503. Check from the machine of the server that the URL answers by HTTPS without a proxy or a redirect. A private address needs LATCHKEY_KEY_SOURCE_NETWORKS.'
const REPLACED_CURE =
  'The programs of these integrations sign with keys now, and the secrets are safe to end: latchkey secrets list CLIENT_ID, and then latchkey secrets end.'
const BOTH_CURE =
  'These integrations have had a key or a trust rule for 30 days, and their secrets are not safe to end yet. latchkey secrets list CLIENT_ID shows which program still uses a secret. Let that program sign with a key, or end the key that no program uses.'
const ENDING_CURE =
  'The workloads of these rules get no tokens after the rules end. Before that time, add rules with a later end or without an end: latchkey trust add.'
const UNUSED_CURE =
  'No workload has authenticated by these rules for 90 days. Test a rule with latchkey trust test, or end the rule: latchkey credentials end.'
const WITHOUT_CURE =
  'These integrations get no tokens. Add a key or rotate the secret, or disable or delete the integrations that are no longer needed.'

/**
 * Returns true if the integration no longer needs a secret, because every secret is safe to end. The secret that was
 * used last is safe to end only if it was unused for a day and a key or a trust rule was used since.
 */
const isSecretReplaced = ({ secrets }: Keyed): boolean =>
  secrets.every(({ safe_to_retire: { verdict } }) => verdict === 'yes')

/** Returns for how many milliseconds the integration has had a key or a trust rule. */
const isKeyedFor = ({ credentials }: Keyed, now: number): number =>
  now - Math.min(...credentials.map(({ created_at }) => Date.parse(created_at)))

/** Returns the time of the last use of the rule. If the rule was never used, returns the time of its creation. */
const lastUseOf = ({ created_at: createdAt, last_used: lastUse }: TrustRule): number =>
  Date.parse(lastUse?.at ?? createdAt)

const nameOf = ({ name, client_id: clientId }: Integration): string => `${quoted(name)} (${clientId})`

const ofKeyed = ({ integration }: Keyed): string => nameOf(integration)

/**
 * Returns why the server cannot fetch the keys of the integration. Empty if the server can fetch all keys, or if no
 * credential has keys to fetch.
 */
const faultsOf = ({ integration, credentials }: Keyed): readonly string[] =>
  credentials.flatMap((credential) => {
    const fault = credential.kind === 'jwks_uri' ? (credential.key_state?.last_error ?? null) : null
    return fault === null ? [] : [`${nameOf(integration)}: ${printable(fault)}`]
  })

const ofRule = ({ integration, rule }: NamedRule): string => `${rule.id} of ${nameOf(integration)}`
