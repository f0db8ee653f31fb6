// Opens the sources of the trusted issuers' keys, with their log lines and metrics.
import type { Config } from '../config/config.ts'
import { openKeySource } from '../keys/key-source/open-key-source.ts'
import { systemNetwork } from '../keys/key-source/network.ts'
import type { KeyLocation } from '../keys/key-source/key-source-settings.ts'
import { systemTimers } from '../keys/key-source/timers.ts'
import { keyUseOf } from '../keys/issuer-material.ts'
import { createTrustedIssuerKeys } from '../keys/trusted-issuer-keys.ts'
import type { KeySourceFault } from '../domain/key-source-fault.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { KeyFetches } from '../metrics/counters.ts'
import type { Logger } from '../log.ts'
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import type { Clock } from '../ports/clock.ts'
import type { MockIssuer } from '../ports/mock-controls.ts'
import type { TrustedIssuerKeys } from '../ports/trusted-issuer-keys.ts'
import type { TrustedIssuers } from '../ports/trusted-issuers.ts'
import { loggedKeySource } from './key-source-log.ts'

export interface IssuerKeysPorts {
  readonly config: Pick<Config, 'keySourceNetworks'>
  readonly logger: Logger
  readonly clock: Clock
  readonly trustedIssuers: Pick<TrustedIssuers, 'all'>
  readonly signatures: AssertionSignatures
  readonly fetches: KeyFetches
  /** The issuer of a mock. Undefined if the server is not a mock. A mock fetches no keys. */
  readonly mockIssuer: MockIssuer | undefined
}

export const openTrustedIssuerKeys = ({
  config,
  logger,
  clock,
  trustedIssuers,
  signatures,
  fetches,
  mockIssuer,
}: IssuerKeysPorts): TrustedIssuerKeys =>
  createTrustedIssuerKeys({
    signatures,
    issuers: () => trustedIssuers.all(),
    open: (issuer) => {
      if (mockIssuer !== undefined && issuer.keys.source !== 'inline') return mockIssuer.keySource(issuer)
      const fetched = (result: 'good' | KeySourceFault): void => {
        fetches.keepOnly(trustedIssuers.all().map(({ id }) => id))
        fetches.add(issuer.id, result)
      }
      const names = { issuer_id: issuer.id, trusted_issuer: issuer.name }
      return openKeySource(
        {
          location: locationOf(issuer),
          algorithms: issuer.algorithms,
          keyUse: keyUseOf(issuer),
          ...{ tlsCa: issuer.tlsCa, staleSeconds: issuer.staleSeconds, requests: 'wait' },
        },
        {
          ...{ networks: config.keySourceNetworks, clock, network: systemNetwork, timers: systemTimers },
          events: { ...loggedKeySource(logger, { owner: 'a trusted issuer', names }), fetched },
        },
      )
    },
  })

const locationOf = ({ keys, url }: TrustedIssuer): KeyLocation =>
  keys.source === 'discovery' ? { source: 'discovery', issuer: url } : keys
