// An index from a subject of an issuer to the integrations with a trust rule for exactly this subject, so that a
// request need not search all rules.
import type { Integration } from '../domain/integration.ts'
import { exactSubject } from '../domain/trust-rule.ts'

export class TrustIndex {
  readonly #clients = new Map<string, Set<string>>()

  /** Returns the client IDs with a trust rule that names exactly this subject. The rule may have ended. */
  clientsNaming(issuerId: string, subject: string): readonly string[] {
    return [...(this.#clients.get(keyOf(issuerId, subject)) ?? [])]
  }

  /** Updates the index after a change of an integration. */
  replace(clientId: string, before: Integration | undefined, after: Integration | undefined): void {
    if (before?.credentials === after?.credentials) return
    for (const key of keysOf(before)) {
      const clients = this.#clients.get(key)
      clients?.delete(clientId)
      if (clients?.size === 0) this.#clients.delete(key)
    }
    for (const key of keysOf(after)) this.#clients.set(key, (this.#clients.get(key) ?? new Set()).add(clientId))
  }
}

const keyOf = (issuerId: string, subject: string): string => `${issuerId}\n${subject}`

const keysOf = (integration: Integration | undefined): readonly string[] =>
  (integration?.credentials ?? []).flatMap((credential) => {
    if (credential.kind !== 'trust') return []
    const subject = exactSubject(credential)
    return subject === undefined ? [] : [keyOf(credential.issuerId, subject)]
  })
