// Lists one page of integrations by search, filter and order, with the total numbers.
import { type AttentionKind, presentReasons, unusedBefore } from '../domain/attention.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { ActivityReports, TroubledClients } from '../ports/activity-reports.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  AttentionQuery,
  IntegrationCounts,
  IntegrationPage,
  IntegrationQuery,
  Integrations,
} from '../ports/integrations.ts'

export interface ListIntegrationsPorts {
  readonly integrations: Integrations
  readonly reports: Pick<ActivityReports, 'troubled'>
  readonly clock: Clock
}

export interface IntegrationListRequest extends Omit<IntegrationQuery, 'attention'> {
  readonly attention: AttentionKind | 'any' | undefined
}

export interface ListedIntegrations extends IntegrationPage {
  readonly counts: IntegrationCounts
  /** The start of the measurements on which the reasons `contended` and `refusals_rising` depend. */
  readonly measuredSince: EpochSeconds
}

/** Returns the page and the total numbers. Throws `StoreUnavailable`. */
export async function listIntegrations(
  ports: ListIntegrationsPorts,
  { attention: only, ...request }: IntegrationListRequest,
): Promise<ListedIntegrations> {
  const now = ports.clock.now()
  const troubled = ports.reports.troubled()
  const attention: AttentionQuery = {
    only,
    present: presentKinds(ports.integrations, troubled, now),
    unusedBefore: unusedBefore(now),
  }
  const query = { ...request, attention }
  const { integrations } = ports
  const [page, counts] = await Promise.all([integrations.list(query), integrations.count(query)])
  return { ...page, counts, measuredSince: troubled.since }
}

function presentKinds(
  integrations: Pick<Integrations, 'all'>,
  troubled: TroubledClients,
  now: EpochSeconds,
): ReadonlyMap<string, readonly AttentionKind[]> {
  const present = new Map<string, readonly AttentionKind[]>()
  for (const { integration } of integrations.all()) {
    const { clientId } = integration
    const trouble = {
      isContended: troubled.contended.has(clientId),
      areRefusalsRising: troubled.refusalsRising.has(clientId),
    }
    const reasons = presentReasons(integration, trouble, now)
    if (reasons.length > 0)
      present.set(
        clientId,
        reasons.map(({ kind }) => kind),
      )
  }
  return present
}
