// A console in use: integrations in every state, tokens, refusals, contention, operators and keys, with names for
// pictures.
import { toBasicCredentials } from '@latchkey/protocol'
import { addKey, aKeyPair, requestByKey } from '../client-keys.ts'
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
  /** An integration with live tokens for both scopes, a rotation in progress and a secret that ends soon. */
  readonly main: Integration
  /** An integration with a secret, keys, and a key that has ended. */
  readonly keyed: Integration
  /** An integration whose programs contend for one token. */
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
  return { main, keyed: await populateKeyed(site), contended, disabled }
}

async function populateKeyed(site: Site): Promise<Integration> {
  const { server } = site
  const keyed = await createIntegration(server, { name: 'Invoice mailer', description: '', scopes: [PREDICT] })
  const userAgent = 'invoice-mailer/4'
  await site.requestToken(keyed, PREDICT, userAgent)
  const [used, ended] = [aKeyPair(), aKeyPair('P-256')]
  await addKey(server, keyed.id, { ...used.jwk, kid: 'mailer-2027' })
  await addKey(server, keyed.id, aKeyPair('rsa').jwk)
  const common = { clientId: keyed.clientId, scope: PREDICT, userAgent }
  await requestByKey(server, { ...common, privateKey: used.privateKey, keyId: 'mailer-2027' })
  const { id } = await addKey(server, keyed.id, ended.jwk)
  await requestByKey(server, { ...common, privateKey: ended.privateKey })
  await adminRequest(server, 'POST', `/${keyed.id}/credentials/${id}/end`)
  return keyed
}
