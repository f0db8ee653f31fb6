// Reads integrations for an operator: one by its id, or a page of them, the oldest first. Never a secret.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Integrations, IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'

export interface PageRequest {
  readonly limit: number
  /** The `next` of the page before; undefined for the first page. */
  readonly after: string | undefined
}

export interface IntegrationPage {
  readonly items: readonly IntegrationSummary[]
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined
}

interface Ports {
  readonly integrations: Integrations
}

export type UnknownCursor = { readonly reason: 'unknown_cursor' }

/** Throws `StoreUnavailable`. */
export async function listIntegrations(
  { integrations }: Ports,
  page: PageRequest,
): Promise<Result<IntegrationPage, UnknownCursor>> {
  // The integration that ended the page before may be deleted by now; to begin again unasked would repeat pages.
  if (page.after !== undefined && (await integrations.findById(page.after)) === undefined) {
    return refuse({ reason: 'unknown_cursor' })
  }
  // One more than asked for tells whether there is a next page.
  const found = await integrations.list({ limit: page.limit + 1, after: page.after })
  const items = found.slice(0, page.limit)
  return accept({ items, next: found.length > page.limit ? items.at(-1)?.id : undefined })
}

/** Throws `StoreUnavailable`. */
export async function findIntegration(
  { integrations }: Ports,
  id: string,
): Promise<Result<IntegrationSummary, UnknownIntegration>> {
  const found = await integrations.findById(id)
  return found === undefined ? refuse({ reason: 'unknown_integration' }) : accept(found)
}
