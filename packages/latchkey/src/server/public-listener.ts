// Gives the public listener the parts that it needs, and makes its routes when the URLs are known.
import type { Server } from 'node:http'
import { MOCK_MARK } from '../http/admin/mock/mock-rules.ts'
import { withFaults } from '../http/public/mock-faults.ts'
import { createPublicListener } from '../http/public/public-listener.ts'
import { publicRoutes } from '../http/public/routes.ts'
import { trustedProxyList } from '../http/requester.ts'
import { createTokenSignatures } from '../keys/token-signatures.ts'
import type { Urls } from './bind-listeners.ts'
import type { ServerParts } from './server-parts.ts'
import type { Service } from './service-gate.ts'

/** The largest number of valid signatures in the cache. */
const SIGNATURE_CACHE = 50_000

/** Makes the listener, which does not listen yet. The service gate decides which routes it serves. */
export function publicListener({ config, logger, overrides, observed, gate, drain }: ServerParts): Server {
  const { tls } = config.publicListener
  const server = createPublicListener({
    route: (path) => gate.route(path),
    isDraining: () => drain.endsConnections(server),
    ...{ logger, counts: observed.publicConnections },
    ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key.reveal() } }),
    ...(overrides.timeouts !== undefined && { timeouts: overrides.timeouts }),
    ...(overrides.mock !== undefined && { extraHeaders: [MOCK_MARK.name, MOCK_MARK.value] }),
  })
  return server
}

/** Makes the signature check of this issuer and the routes of the public listener. */
export function serviceAt({ adminUrl, issuer }: Urls, parts: ServerParts): Service {
  const { config, logger, overrides, clock, random, store, signer, feed } = parts
  const { keySet } = parts.signingKeys
  const { activity } = parts.observed
  const slots = store.slots({ signer, issuer, lifetimeSeconds: config.tokenLifetimeSeconds, random })
  const signatures = createTokenSignatures({ keySet, issuer, cacheSize: SIGNATURE_CACHE })
  const { integrations, secrets, catalog, assertionUses, trustedIssuers } = store
  const { assertionSignatures, clientKeySources, trustedIssuerKeys } = parts
  const routes = publicRoutes({
    ...{ integrations, secrets, catalog, slots, signatures, vault: parts.creating.vault, clock, logger },
    ...{ assertionUses, assertionSignatures, clientKeySources, trustedIssuers, trustedIssuerKeys },
    ...{ issuer, adminUrl, activity, feed, failures: parts.failures, health: parts.drain.healthOf(store) },
    jwks: () => keySet.document(),
    jwksMaxAgeSeconds: config.jwksMaxAgeSeconds,
    trustedProxies: trustedProxyList(config.trustedProxies),
  })
  const { mock } = overrides
  const route =
    mock === undefined ? routes : withFaults(routes, { issuer, faults: mock.faults, now: () => clock.now() })
  return { adminUrl, issuer, tokens: { slots, signatures }, route }
}
