// The token managers of the agent: one for each integration and scope, all with the same store.
import { createTokenManager, memoryStore, type TokenManager, type TokenStore } from '@latchkey/client'
import { fileStore } from '@latchkey/client/file-store'
import { valkeyStore } from '@latchkey/client/valkey-store'
import type { AgentConfig, AgentStore } from './agent-config.ts'

export interface ManagerEntry {
  readonly integration: string
  readonly manager: TokenManager
}

export interface TokenManagers {
  readonly entries: readonly ManagerEntry[]
  /**
   * Returns the manager for a scope. Returns `none` if no integration has the scope, and `several` if more than one has
   * it and `integration` is undefined.
   */
  find(scope: string, integration?: string): ManagerEntry | 'none' | 'several'
  close(): void
}

export async function openTokenManagers({ integrations, store: settings }: AgentConfig): Promise<TokenManagers> {
  const { store, close } = await openStore(settings)
  const sealingKey = settings.kind === 'memory' ? undefined : settings.sealingKey
  const entries = integrations.flatMap(({ name, endpoint, scopes, ...rest }) =>
    scopes.map((scope) => ({
      integration: name,
      manager: createTokenManager({ ...endpoint, ...rest, scope, store, ...(sealingKey && { sealingKey }) }),
    })),
  )
  return {
    entries,
    find(scope, integration) {
      const found = entries.filter(
        (entry) => entry.manager.scope === scope && (integration === undefined || entry.integration === integration),
      )
      return found.length > 1 ? 'several' : (found[0] ?? 'none')
    },
    close,
  }
}

async function openStore(settings: AgentStore): Promise<{ readonly store: TokenStore; readonly close: () => void }> {
  const nothing = (): void => undefined
  if (settings.kind === 'memory') return { store: memoryStore(), close: nothing }
  if (settings.kind === 'folder') return { store: fileStore({ folder: settings.folder }), close: nothing }
  // Loads the module only here, because most agents do not use Valkey.
  const { Redis } = await import('iovalkey')
  const url = settings.url.replace(/^valkey/, 'redis')
  const client = new Redis(url, { ...(settings.password && { password: settings.password.reveal() }) })
  // The agent can ignore errors of the connection to Valkey, because each command reports its own failure and the
  // client reconnects by itself.
  client.on('error', nothing)
  return {
    store: valkeyStore({ client }),
    close: () => {
      client.disconnect()
    },
  }
}
