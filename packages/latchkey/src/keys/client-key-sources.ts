// The keys that the server fetches for integrations with a `jwks_uri`. The server fetches them in the background from the
// moment when it knows the URL, so that no request waits for a fetch.
import type { ClientKeySource } from '../domain/credential.ts'
import type { ClientKeySources } from '../ports/client-key-sources.ts'
import type { KeySource } from '../ports/key-source.ts'

export interface OpenedKeySources extends ClientKeySources {
  /** Opens the key source of an integration, and closes its previous source. If `source` is undefined, only closes. */
  replace(clientId: string, source: ClientKeySource | undefined): void
  /** Ends all fetches. */
  close(): void
}

/**
 * @param open opens a key source. The source must begin to fetch at once, and must not let a request wait for a fetch
 */
export function createClientKeySources(
  open: (clientId: string, source: ClientKeySource) => KeySource,
): OpenedKeySources {
  const ofClients = new Map<string, { readonly id: string; readonly keys: KeySource }>()
  const ofSources = new Map<string, KeySource>()

  const drop = (clientId: string): void => {
    const known = ofClients.get(clientId)
    if (known === undefined) return
    known.keys.close()
    ofClients.delete(clientId)
    ofSources.delete(known.id)
  }

  return {
    find: (source, query) => ofSources.get(source.id)?.find(query) ?? Promise.resolve({ outcome: 'unknown_key' }),
    state: ({ id }) => ofSources.get(id)?.state(),
    firstState: async ({ id }) => {
      const keys = ofSources.get(id)
      const { fetchedAt, lastError } = keys?.state() ?? {}
      // If there is neither a result nor an error, the first fetch is under way, and `refresh` waits for that fetch.
      return fetchedAt === undefined && lastError === undefined ? keys?.refresh() : keys?.state()
    },
    replace: (clientId, source) => {
      if (ofClients.get(clientId)?.id === source?.id) return
      drop(clientId)
      if (source === undefined) return
      const keys = open(clientId, source)
      ofClients.set(clientId, { id: source.id, keys })
      ofSources.set(source.id, keys)
    },
    close: () => {
      for (const clientId of [...ofClients.keys()]) drop(clientId)
    },
  }
}
