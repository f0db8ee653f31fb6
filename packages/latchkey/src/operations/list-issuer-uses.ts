// Lists the integrations whose trust rules name a trusted issuer.
import { accept, type Result } from '@latchkey/protocol'
import type { IssuerUse } from '../domain/issuer-use.ts'
import type { UnknownIssuer } from '../domain/trusted-issuer-change.ts'
import type { Integrations, IntegrationSummary } from '../ports/integrations.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { findTrustedIssuer } from './trusted-issuers.ts'

export interface ListIssuerUsesPorts {
  readonly trustedIssuers: TrustedIssuers
  readonly integrations: Integrations
}

export interface IssuerUsesQuery {
  /** The id or the name of the issuer. */
  readonly issuer: string
  readonly limit: number
  /** The client ID at the end of the previous page. Undefined for the first page. */
  readonly after: string | undefined
}

export interface IssuerUsesPage {
  readonly items: readonly { readonly summary: IntegrationSummary; readonly rules: number }[]
  /** The client ID at which the next page begins. Undefined on the last page. */
  readonly next: string | undefined
}

/** Returns a page of the integrations, ordered by client ID. Throws `StoreUnavailable`. */
export async function listIssuerUses(
  { trustedIssuers, integrations }: ListIssuerUsesPorts,
  { issuer: idOrName, limit, after = '' }: IssuerUsesQuery,
): Promise<Result<IssuerUsesPage, UnknownIssuer>> {
  const found = await findTrustedIssuer({ trustedIssuers }, idOrName)
  if (!found.ok) return found
  const rest = (trustedIssuers.uses().get(found.value.id) ?? []).filter(({ clientId }) => clientId > after)
  const shown = rest.slice(0, limit)
  const items = await Promise.all(shown.map((use) => withSummary(integrations, use)))
  const next = rest.length > limit ? shown.at(-1)?.clientId : undefined
  return accept({ items: items.filter((item) => item !== undefined), next })
}

/** Returns undefined if another caller has deleted the integration since the list was read. */
async function withSummary(
  integrations: Integrations,
  { clientId, rules }: IssuerUse,
): Promise<IssuerUsesPage['items'][number] | undefined> {
  const summary = await integrations.findByIdOrClientId(clientId)
  return summary === undefined ? undefined : { summary, rules }
}
