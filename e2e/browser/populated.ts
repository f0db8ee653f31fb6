// A console in use: integrations in every state, tokens, refusals, contention, operators and keys, with names for
// pictures.
import { toBasicCredentials } from '@latchkey/protocol'
import { adminRequest, createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import type { Site } from './platform-site.ts'

const INTEGRATIONS = [
  { name: 'Claims triage', description: 'Scores incoming claims', scopes: [PREDICT], tags: ['claims', 'production'] },
  { name: 'Churn forecast', description: 'Weekly batch over all customers', scopes: [PREDICT, MODEL] },
  { name: 'Model registry mirror', description: 'Copies model facts to the data catalogue', scopes: [MODEL] },
  { name: 'Nightly export', description: '', scopes: [PREDICT] },
  { name: 'Price optimiser', description: 'Asks for a prediction per basket', scopes: [PREDICT] },
] as const

export interface Populated {
  /** With live tokens for both scopes, a rotation in progress and a secret that ends soon. */
  readonly main: Integration
  /** Its callers contend. */
  readonly contended: Integration
  readonly disabled: Integration
}

export async function populate(site: Site): Promise<Populated> {
  const { server } = site
  const others: Integration[] = []
  for (const desired of INTEGRATIONS) others.push(await createIntegration(server, desired))
  const main = await createIntegration(server, {
    name: 'Billing sync',
    description: 'Keeps invoices in step with usage',
    scopes: [PREDICT, MODEL],
  })
  const [contended, , , disabled] = others
  if (contended === undefined || disabled === undefined) throw new Error('there are too few integrations')
  for (const integration of [main, ...others.slice(1, 3)]) await site.requestToken(integration, MODEL)
  await site.requestToken(main, PREDICT)
  for (const agent of ['python-requests/2.32', 'node', 'python-requests/2.32', 'node', 'python-requests/2.32', 'node'])
    await site.requestToken(contended, PREDICT, agent)
  const superseded = await site.requestToken(main, PREDICT)
  await site.requestToken(main, PREDICT)
  for (let times = 0; times < 3; times += 1) await site.verify(superseded, PREDICT)
  await fetch(`${server.issuer}/v1/token`, {
    method: 'POST',
    headers: { authorization: toBasicCredentials(main.clientId, disabled.clientSecret) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT }),
  })
  await adminRequest(server, 'POST', `/${disabled.id}/disable`)
  const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().replace(/\.\d+/, '')
  await adminRequest(server, 'POST', `/${main.id}/rotate-secret`, JSON.stringify({ expires_at: inAWeek }))
  await site.api('POST', '/operators', { email: 'ops@example.org', role: 'editor' })
  await site.api('POST', '/admin-keys', { name: 'Deployment pipeline', role: 'editor' })
  await site.api('POST', '/admin-keys', { name: 'Dashboards', role: 'viewer' })
  return { main, contended, disabled }
}
