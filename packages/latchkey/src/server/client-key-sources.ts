// Opens the sources of the keys that integrations publish at a `jwks_uri`, and logs their failures.
import type { Config } from '../config/config.ts'
import { createClientKeySources, type OpenedKeySources } from '../keys/client-key-sources.ts'
import { systemNetwork } from '../keys/key-source/network.ts'
import { openKeySource } from '../keys/key-source/open-key-source.ts'
import { systemTimers } from '../keys/key-source/timers.ts'
import { USUAL_STALE_SECONDS } from '../domain/trusted-issuer.ts'
import type { Logger } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { Credentials } from '../ports/credentials.ts'
import type { MockIssuer } from '../ports/mock-controls.ts'
import { loggedKeySource } from './key-source-log.ts'

export interface ClientKeySourcesPorts {
  readonly config: Pick<Config, 'keySourceNetworks'>
  readonly logger: Logger
  readonly clock: Clock
  readonly credentials: Pick<Credentials, 'followKeySources'>
  /** Undefined if the server is not a mock. A mock fetches no keys. */
  readonly mockIssuer: MockIssuer | undefined
}

/** Fetches the keys of every integration with a `jwks_uri` from now on. */
export function openClientKeySources({
  config,
  logger,
  clock,
  credentials,
  mockIssuer,
}: ClientKeySourcesPorts): OpenedKeySources {
  const sources = createClientKeySources((clientId, { id, uri, algorithms }) => {
    const names = { client_id: clientId, credential_id: id }
    if (mockIssuer !== undefined) return mockIssuer.keySource({ platform: 'oidc', algorithms })
    return openKeySource(
      {
        location: { source: 'jwks_uri', uri },
        algorithms,
        keyUse: 'signature',
        ...{ tlsCa: undefined, staleSeconds: USUAL_STALE_SECONDS, requests: 'never_wait' },
      },
      {
        ...{ networks: config.keySourceNetworks, clock, network: systemNetwork, timers: systemTimers },
        // The metrics name no clients, so no metric counts the fetches.
        events: { ...loggedKeySource(logger, { owner: 'a client', names }), fetched: () => undefined },
      },
    )
  })
  credentials.followKeySources((clientId, source) => {
    sources.replace(clientId, source)
  })
  return sources
}
