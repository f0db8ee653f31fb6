// Counts the uses of each trusted issuer, for the list of issuers and before a deletion.
import type { IntegrationState } from './integration.ts'

/** An integration whose trust rules name an issuer. */
export interface IssuerUse {
  readonly clientId: string
  /** The number of its rules that name the issuer and have not ended. */
  readonly rules: number
}

/** Returns the uses by the id of the issuer, ordered by client ID. An unused issuer has no entry. */
export function issuerUses(states: Iterable<IntegrationState>): ReadonlyMap<string, readonly IssuerUse[]> {
  const rules = new Map<string, Map<string, number>>()
  for (const { integration } of states) {
    for (const credential of integration.credentials) {
      if (credential.kind !== 'trust' || credential.hasEnded) continue
      const clients = rules.get(credential.issuerId) ?? new Map<string, number>()
      rules.set(credential.issuerId, clients)
      clients.set(integration.clientId, (clients.get(integration.clientId) ?? 0) + 1)
    }
  }
  return new Map([...rules].map(([issuerId, clients]) => [issuerId, usesOf(clients)]))
}

const usesOf = (clients: ReadonlyMap<string, number>): readonly IssuerUse[] =>
  [...clients]
    .map(([clientId, rules]) => ({ clientId, rules }))
    .sort((one, other) => (one.clientId < other.clientId ? -1 : 1))
