// The measurements of the server's own work, and the metrics that show them.
import type { Counters } from '../metrics/counters.ts'
import { type MeasuredKeySource, metricFamilies } from '../metrics/metric-families.ts'
import { prometheusMeasurements } from '../metrics/prometheus.ts'
import { ServerActivity } from '../metrics/server-activity.ts'
import { isStoreUp } from '../metrics/store-up.ts'
import { ConnectionCounts } from '../connections/connection-counts.ts'
import type { FeedStreams } from '../http/public/feed/feed-streams.ts'
import type { KeySet } from '../keys/key-set.ts'
import type { Measurements } from '../ports/measurements.ts'
import type { TrustedIssuerKeys } from '../ports/trusted-issuer-keys.ts'
import { VERSION } from '../version.ts'
import type { LoadedStore } from './load-store.ts'
import type { Start } from './start.ts'
import type { StoreEvents } from './store-events/store-events.ts'
import { connectionShare } from '../connections/most-connections.ts'
import type { Logger } from '../log.ts'

export interface Observed {
  readonly activity: ServerActivity
  readonly publicConnections: ConnectionCounts
  readonly adminConnections: ConnectionCounts
  readonly measurements: Measurements
}

interface ObserveParts {
  readonly store: LoadedStore
  readonly keySet: KeySet
  readonly feed: FeedStreams
  readonly events: StoreEvents
  readonly counters: Counters
  readonly trustedIssuerKeys: Pick<TrustedIssuerKeys, 'state'>
}

export function observe({ clock, logger }: Start, parts: ObserveParts): Observed {
  const { store, keySet, feed, events, counters } = parts
  const { integrations, auditTrail, slotViews } = store
  const activity = new ServerActivity({ counters, clock, integrations, audit: auditTrail, logger })
  const { publicConnections, adminConnections } = connectionCounts(logger)
  const measurements = prometheusMeasurements(
    metricFamilies({
      ...{ activity, clock, feed, version: VERSION },
      isStoreUp: () => isStoreUp(store),
      liveByScope: (now) => slotViews.liveByScope(now),
      signingKeySince: () => keySet.current.record.createdAt,
      databaseClockOffset: events.databaseClockOffset,
      connections: [publicConnections, adminConnections],
      keySources: () => measuredKeySources(parts),
    }),
  )
  return { activity, publicConnections, adminConnections, measurements }
}

const measuredKeySources = ({
  store: { trustedIssuers },
  counters,
  trustedIssuerKeys,
}: ObserveParts): readonly MeasuredKeySource[] =>
  trustedIssuers
    .all()
    .filter(({ keys }) => keys.source !== 'inline')
    .map((issuer) => ({
      issuer: issuer.name,
      fetches: counters.keyFetches.of(issuer.id),
      fetchedAt: trustedIssuerKeys.state(issuer).fetchedAt,
    }))

/** The largest number of connections of each listener, so that file descriptors are left for the store and the log. */
const MOST = { public: 10_000, admin: 1000 } as const

const connectionCounts = (logger: Logger) => ({
  publicConnections: new ConnectionCounts('public', Math.min(MOST.public, connectionShare(0.8)), logger),
  adminConnections: new ConnectionCounts('admin', Math.min(MOST.admin, connectionShare(0.1)), logger),
})
