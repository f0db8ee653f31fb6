// The members of one integration as names and values.
import type { CreatedIntegration, IssueMode, LastUse } from '../../http/contract/admin-api.ts'
import { spoken } from '../durations.ts'

type Fact = readonly [string, string]

/** Returns the members that every integration has, and the optional members that are set. */
export function integrationFacts(integration: CreatedIntegration): readonly Fact[] {
  const { description, tags, allowed_addresses: addresses, resource_server_for: introspects } = integration
  const { grace_seconds: grace, last_used: lastUsed } = integration
  return [
    ['Name', integration.name],
    ...optional('Description', description),
    ...optional('Tags', tags.join(', ')),
    ['Client ID', integration.client_id],
    ...optional('Client secret', integration.client_secret ?? ''),
    ['Scopes', integration.scopes.join(', ')],
    ...optional('Introspects', introspects.join(', ')),
    ['Status', integration.status],
    ['Issue mode', modeText(integration.issue_mode)],
    ...optional('Grace', grace === 0 ? '' : spoken(grace)),
    ...optional('Conditions', integration.conditional ? '' : 'ignored'),
    ...optional('Allowed from', addresses.join(', ')),
    ['Created', integration.created_at],
    ['Last used', lastUsed === null ? 'never' : useText(lastUsed)],
    ['ID', integration.id],
  ]
}

const optional = (name: string, value: string): readonly Fact[] => (value === '' ? [] : [[name, value]])

const modeText = ({ kind, renew_before_seconds: margin }: IssueMode): string =>
  kind === 'replace' ? 'replace' : `stable, renewed ${spoken(margin ?? 0)} before its end`

/** Formats a last use: the time, the address and the program. */
export const useText = ({ at, address, user_agent: program }: LastUse): string =>
  [at, `from ${address}`, ...(program === '' ? [] : [`by ${program}`])].join(' ')
