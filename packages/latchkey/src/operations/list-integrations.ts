// Lists a page of integrations by search, filter and order, with the total numbers.
import type { IntegrationCounts, IntegrationPage, IntegrationQuery, Integrations } from '../ports/integrations.ts'

export interface ListedIntegrations extends IntegrationPage {
  readonly counts: IntegrationCounts
}

/** Throws `StoreUnavailable`. */
export async function listIntegrations(
  { integrations }: { readonly integrations: Integrations },
  query: IntegrationQuery,
): Promise<ListedIntegrations> {
  const [page, counts] = await Promise.all([integrations.list(query), integrations.count(query)])
  return { ...page, counts }
}
