// Integrations made and changed through the admin API, for tests of that API.
import type { TestAdminListener } from './an-admin-listener.ts'

export const INTEGRATIONS = '/admin/v1/integrations'

export interface Created {
  readonly id: string
  readonly name: string
  readonly client_id: string
  readonly client_secret: string
  readonly version: number
}

/** For the scope machinelearning.predict, unless asked otherwise. Throws unless it is made. */
export async function created(
  { ask }: TestAdminListener,
  wish: Readonly<Record<string, unknown>> = {},
): Promise<Created> {
  const payload = { name: 'Billing sync', scopes: ['machinelearning.predict'], ...wish }
  const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json<Created>()
}

/** The events of the audit trail, the newest first. */
export async function auditOf({ ask }: TestAdminListener, query = ''): Promise<readonly AuditEntry[]> {
  const answer = await ask({ url: `/admin/v1/audit${query}` })
  return answer.json<{ items: readonly AuditEntry[] }>().items
}

export interface AuditEntry {
  readonly seq: number
  readonly event: string
  readonly actor: { readonly id: string; readonly address: string }
  readonly target: { readonly id: string; readonly name: string }
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}
