// The integrations whose keys the server fetches from a `jwks_uri`, for the part of the server that fetches them.
import { type ClientKeySource, isKeySource } from '../domain/credential.ts'
import type { Integration } from '../domain/integration.ts'

/** Called for each integration that has a source, and again after each change. Undefined if its source has ended. */
export type KeySourceFollower = (clientId: string, source: ClientKeySource | undefined) => void

export class KeySourceIndex {
  readonly #sources = new Map<string, ClientKeySource>()
  #follower: KeySourceFollower = () => undefined

  /** There is one follower. */
  follow(follower: KeySourceFollower): void {
    this.#follower = follower
    for (const [clientId, source] of this.#sources) follower(clientId, source)
  }

  /** Replaces what the index holds of an integration. */
  replace(clientId: string, before: Integration | undefined, after: Integration | undefined): void {
    if (before?.credentials === after?.credentials) return
    const source = after?.credentials.find((one): one is ClientKeySource => isKeySource(one) && !one.hasEnded)
    const known = this.#sources.get(clientId)
    if (source?.id === known?.id) return
    if (source === undefined) this.#sources.delete(clientId)
    else this.#sources.set(clientId, source)
    this.#follower(clientId, source)
  }
}
