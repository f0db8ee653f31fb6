// The integrations of the running server, as the commands see them.
import type { Environment } from '../config/environment.ts'
import { readClientConfig } from '../config/read-client-config.ts'
import { type AdminRequest, adminRequest } from './admin-request.ts'
import { CliFailure, configurationUnusable, EXIT } from './cli-failure.ts'

const COLLECTION = '/admin/v1/integrations'
const PAGE = 200

/** An integration as the admin API writes it: the members that are read here. The rest is handed through with --json. */
export interface IntegrationDocument {
  readonly id: string
  readonly name: string
  readonly client_id: string
  readonly scopes: readonly string[]
  readonly status: 'active' | 'disabled'
  readonly resource_server_for: readonly string[]
  readonly created_at: string
}

export interface CreatedIntegrationDocument extends IntegrationDocument {
  readonly client_secret: string
}

export interface NewIntegration {
  readonly name: string
  readonly scopes: readonly string[]
  readonly resource_server: boolean
}

export interface RunningServer {
  readonly create: (integration: NewIntegration) => Promise<CreatedIntegrationDocument>
  /** Page by page, the oldest first. */
  readonly list: () => AsyncGenerator<IntegrationDocument>
  /** By its id (`int_…`) or its client ID. Throws `CliFailure` when there is none. */
  readonly find: (idOrClientId: string) => Promise<IntegrationDocument>
  readonly disable: (id: string) => Promise<IntegrationDocument>
  readonly enable: (id: string) => Promise<IntegrationDocument>
  readonly remove: (id: string) => Promise<void>
}

/** Throws `CliFailure` when the configuration does not say where the server is, or holds no key for it. */
export function runningServer(env: Environment): RunningServer {
  const config = readClientConfig(env)
  if (!config.ok) throw configurationUnusable(config.refusal)
  // The admin API writes its answers by a schema of its own; they are not judged a second time here.
  const ask = async <Answer>(request: AdminRequest) => (await adminRequest(config.value, request)) as Answer
  const at = (id: string, act = '') => `${COLLECTION}/${encodeURIComponent(id)}${act}`

  async function* list(): AsyncGenerator<IntegrationDocument> {
    let cursor: string | null = null
    do {
      const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page: Page = await ask<Page>({ method: 'GET', path: `${COLLECTION}?limit=${String(PAGE)}${from}` })
      yield* page.items
      cursor = page.next_cursor
    } while (cursor !== null)
  }

  async function find(idOrClientId: string): Promise<IntegrationDocument> {
    if (idOrClientId.startsWith('int_')) return ask({ method: 'GET', path: at(idOrClientId) })
    for await (const integration of list()) {
      if (integration.client_id === idOrClientId) return integration
    }
    throw new CliFailure({
      code: 'unknown_integration',
      exitCode: EXIT.notFoundOrConflict,
      message: 'No integration has this id or client ID. "latchkey integrations list" shows them all.',
    })
  }

  return {
    create: (body) => ask({ method: 'POST', path: COLLECTION, body }),
    list,
    find,
    disable: (id) => ask({ method: 'POST', path: at(id, '/disable') }),
    enable: (id) => ask({ method: 'POST', path: at(id, '/enable') }),
    remove: (id) => ask({ method: 'DELETE', path: at(id) }),
  }
}

interface Page {
  readonly items: readonly IntegrationDocument[]
  readonly next_cursor: string | null
}
