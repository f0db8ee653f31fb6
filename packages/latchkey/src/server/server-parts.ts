// The parts of a server that exist before its listeners.
import type { OpenedKeySources } from '../keys/client-key-sources.ts'
import type { FeedStreams } from '../http/public/feed/feed-streams.ts'
import type { CreateIntegrationPorts } from '../operations/create-integration.ts'
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import type { FailedAuthentications } from '../ports/failed-authentications.ts'
import type { SessionVault } from '../ports/session-vault.ts'
import type { RunningSigner } from '../ports/signer.ts'
import type { TrustedIssuerKeys } from '../ports/trusted-issuer-keys.ts'
import type { Drain } from './drain.ts'
import type { LoadedStore } from './load-store.ts'
import type { Observed } from './observe.ts'
import type { OpenedKeys } from './open-keys.ts'
import type { ServiceGate } from './service-gate.ts'
import type { Start } from './start.ts'
import type { SigningKeysInUse } from './start-signing-keys.ts'
import type { StoreEvents } from './store-events/store-events.ts'

export interface ServerParts extends Start {
  readonly keys: OpenedKeys
  readonly store: LoadedStore
  readonly events: StoreEvents
  readonly signingKeys: SigningKeysInUse
  readonly signer: RunningSigner
  readonly feed: FeedStreams
  readonly observed: Observed
  readonly creating: CreateIntegrationPorts
  readonly assertionSignatures: AssertionSignatures
  readonly trustedIssuerKeys: TrustedIssuerKeys
  readonly clientKeySources: OpenedKeySources
  readonly sessionVault: SessionVault
  /** Throttles failed client authentication. */
  readonly failures: FailedAuthentications
  readonly gate: ServiceGate
  readonly drain: Drain
}
