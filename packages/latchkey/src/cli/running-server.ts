// The integrations of the running server, as the commands see them.
import { environment } from '../config/environment.ts'
import { readClientConfig } from '../config/read-client-config.ts'
import type { CreatedIntegrationView, IntegrationView } from '../http/admin/integration-schemas.ts'
import { type AdminRequest, adminRequest } from './admin-request.ts'
import { CliFailure, configurationUnusable, EXIT } from './cli-failure.ts'

const COLLECTION = '/admin/v1/integrations'
const PAGE = 200

export interface NewIntegration {
  readonly name: string
  readonly scopes: readonly string[]
  readonly resource_server: boolean
}

export interface RunningServer {
  readonly create: (integration: NewIntegration) => Promise<CreatedIntegrationView>
  /** Page by page, the oldest first. */
  readonly list: () => AsyncGenerator<IntegrationView>
  /** By its id (`int_…`) or its client ID. Throws `CliFailure` when there is none. */
  readonly find: (idOrClientId: string) => Promise<IntegrationView>
  readonly disable: (id: string) => Promise<IntegrationView>
  readonly enable: (id: string) => Promise<IntegrationView>
  readonly remove: (id: string) => Promise<void>
}

/** Throws `CliFailure` when the configuration does not say where the server is, or holds no key for it. */
export function runningServer(): RunningServer {
  const config = readClientConfig(environment())
  if (!config.ok) throw configurationUnusable(config.refusal)
  // What the server sends was written by the schema of the type that is read here.
  const ask = async <Answer>(request: AdminRequest) => (await adminRequest(config.value, request)) as Answer
  const at = (id: string, act = '') => `${COLLECTION}/${encodeURIComponent(id)}${act}`

  async function* list(): AsyncGenerator<IntegrationView> {
    let cursor: string | null = null
    do {
      const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page: Page = await ask<Page>({ method: 'GET', path: `${COLLECTION}?limit=${String(PAGE)}${from}` })
      yield* page.items
      cursor = page.next_cursor
    } while (cursor !== null)
  }

  async function find(idOrClientId: string): Promise<IntegrationView> {
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
  readonly items: readonly IntegrationView[]
  readonly next_cursor: string | null
}
