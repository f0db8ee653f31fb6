// Names the integrations whose secrets were replaced by keys or trust rules. Also names the integrations that have no
// credential, which therefore get no tokens.
import type { Environment } from '../../config/environment.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
import type { Integration, IntegrationQuery, IntegrationSecret, List } from '../../http/contract/admin-api.ts'
import { type AdminClient, adminClient, at } from '../admin-api/admin-client.ts'
import { CliFailure } from '../cli-failure.ts'
import { quoted } from '../show.ts'
import { advice, type Finding, skipped } from './finding.ts'

const REPLACED = 'secrets beside keys'
const WITHOUT = 'integrations without credentials'
/** The number of integrations that a finding names. */
const MOST_NAMED = 10

/**
 * Returns no finding if there is nothing to do. Also returns none without an admin key, which another check reports.
 * Disabled integrations need no credential.
 */
export async function examineCredentials(env: Environment): Promise<readonly Finding[]> {
  if (!readClientConfig(env).ok) return []
  const server = adminClient(env)
  const [replaced, without]: [Integration[], Integration[]] = [[], []]
  try {
    const active = server.items<Integration, IntegrationQuery>('/integrations', { status: 'active' })
    for await (const integration of active) {
      if (integration.authentication_methods.length === 0) without.push(integration)
      else if (await isSecretReplaced(server, integration)) replaced.push(integration)
    }
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return [skipped(REPLACED, 'the server did not report the integrations')]
  }
  return [
    ...(replaced.length === 0 ? [] : [advice(REPLACED, named(replaced), REPLACED_CURE)]),
    ...(without.length === 0 ? [] : [advice(WITHOUT, named(without), WITHOUT_CURE)]),
  ]
}

const REPLACED_CURE =
  'Their programs sign with keys now, and their secrets are safe to end: latchkey secrets list CLIENT_ID, and then latchkey secrets end.'
const WITHOUT_CURE =
  'They get no tokens. Add a key or rotate the secret, or disable or delete the integrations that are no longer needed.'

/**
 * True if every secret is safe to end. The secret that was used last is safe to end only if it was unused for a day and
 * another credential was used since. That credential can only be a key or a trust rule, because no secret was used
 * later.
 */
async function isSecretReplaced(
  server: AdminClient,
  { id, authentication_methods: methods }: Integration,
): Promise<boolean> {
  if (!methods.includes('client_secret_basic') || !methods.includes('private_key_jwt')) return false
  const { items } = await server.get<List<IntegrationSecret>>(at`/integrations/${id}/secrets`)
  return items.every(({ safe_to_retire: { verdict } }) => verdict === 'yes')
}

function named(integrations: readonly Integration[]): string {
  const names = integrations.slice(0, MOST_NAMED).map(({ name, client_id }) => `${quoted(name)} (${client_id})`)
  const others = integrations.length - names.length
  return `${names.join(', ')}${others > 0 ? ` and ${String(others)} more` : ''}`
}
