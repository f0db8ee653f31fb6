// Integrations made and changed through the admin API, for tests of that API.
import type { AuditEvent, AuditPage, CreatedIntegration } from '../src/http/contract/admin-api.ts'
import type { TestAdminListener } from './an-admin-listener.ts'

export const INTEGRATIONS = '/admin/v1/integrations'

export type Created = Required<CreatedIntegration>

/** Makes an integration, by default for the scope machinelearning.predict. Throws if that fails. */
export async function created(
  { ask }: TestAdminListener,
  desired: Readonly<Record<string, unknown>> = {},
): Promise<Created> {
  const payload = { name: 'Billing sync', scopes: ['machinelearning.predict'], ...desired }
  const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json<Created>()
}

/** The events of the audit trail, the newest first. */
export async function auditOf({ ask }: TestAdminListener, query = ''): Promise<readonly AuditEvent[]> {
  const answer = await ask({ url: `/admin/v1/audit${query}` })
  return answer.json<AuditPage>().items
}
