// The events in the store of a fixture: two and a half months of a small installation, in four runs of its server. They
// leave rows in every table, and in every state that a row can have.
import { eventually } from '../../eventually.ts'
import type { RecordedAdminKey, RecordedClient, RecordedOperator, RecordedToken, TestTokens } from '../fixture-files.ts'
import { admin, asClient, asConsole, type Asking, type Client, tokenOf } from './admin.ts'

const PREDICT = 'machinelearning.predict'
const MODEL = 'machinelearning.model'
const REPORTS = 'reports.read'

/** A time further back than the retention of the audit trail, so that the trail begins with a checkpoint. */
const OPENING = new Date('2026-09-01T08:00:00Z')
const LATER = new Date('2026-11-20T08:00:00Z')
const minutesLater = (minutes: number): Date => new Date(LATER.getTime() + minutes * 60_000)
/** The start of the server's last run. */
export const LAST_RUN = minutesLater(30)

export const SETTINGS = {
  LATCHKEY_PUBLIC_URL: 'https://auth.example.com',
  LATCHKEY_SIGNING_ALG: 'ES256',
  LATCHKEY_DEMO: 'off',
  LATCHKEY_TOKEN_LIFETIME: '86400',
  LATCHKEY_AUDIT_RETENTION: '30',
  LATCHKEY_SHUTDOWN_DELAY: '0',
}

export interface RunningOld extends Asking {
  /** The output of the server's start. */
  stdout(): string
  stop(): Promise<void>
}

export type Report = Pick<TestTokens, 'tokens' | 'clients' | 'operators' | 'adminKeys' | 'idempotent'>

/**
 * Tells the story with servers from `start`, which takes the time for the server's clock. The last server is left
 * running.
 */
export async function tellStory<Server extends RunningOld>(
  start: (at: Date) => Promise<Server>,
): Promise<Report & { readonly server: Server }> {
  const tokens: RecordedToken[] = []
  const keep = async (what: string, token: Promise<string>): Promise<void> => {
    tokens.push({ what, token: await token })
  }

  // The first day.
  let server = await start(OPENING)
  const owner = { email: 'owner@example.com', password: 'a fixture of the owner', role: 'owner' }
  await setUp(server, linkIn(server.stdout()), owner)
  await admin(server, 'POST', '/scopes', {
    body: { name: REPORTS, description: 'Read the reports', audience: 'api://reports' },
  })
  await admin(server, 'POST', '/apis', { body: { name: 'Reports', scope: REPORTS, routes: ['/v1/reports/**'] } })
  const make = (name: string, scopes: readonly string[], desired: object = {}): Promise<Client> =>
    create(server, { name, scopes, ...desired })
  const billing = await make('Billing sync', [PREDICT, MODEL], {
    tags: ['finance', 'nightly'],
    description: 'Posts the invoices',
  })
  const stable = await make('Stable reader', [REPORTS], { issue_mode: { kind: 'stable', renew_before_seconds: 600 } })
  const graceful = await make('Ärzte-Portal', [PREDICT], { grace_seconds: 300 })
  const rotating = await make('Rotating exporter', [PREDICT, MODEL])
  const disabled = await make('Disabled import', [PREDICT])
  const deleted = await make('Deleted trial', [PREDICT])
  const fenced = await make('Fenced worker', [PREDICT], { allowed_addresses: ['192.0.2.0/24', '127.0.0.1', '::1'] })
  const resourceServer = await make('Resource server', [MODEL], { resource_server_for: [PREDICT, REPORTS] })
  for (let n = 0; n < 17; n++) await tokenOf(server, billing, PREDICT)
  await keep('of an integration that was deleted', tokenOf(server, deleted, PREDICT))
  const first = await makeAdminKey(server, { name: 'First deployment', role: 'editor' })
  await admin(server, 'DELETE', `/admin-keys/${first.id}`)
  await admin(server, 'DELETE', `/integrations/${deleted.id}`)
  await server.stop()

  // Much later. The server removes the first day from the audit trail, and three rotations of the signing key follow.
  server = await start(LATER)
  await keep('live, signed with a retired key', tokenOf(server, rotating, MODEL))
  await admin(server, 'POST', '/keys/rotate')
  await server.stop()
  server = await start(minutesLater(15))
  await signedByNext(server)
  await keep('signed with a revoked key', tokenOf(server, resourceServer, MODEL))
  await admin(server, 'POST', '/keys/rotate')
  await server.stop()
  server = await start(LAST_RUN)
  await signedByNext(server)
  const retired = (await keysOf(server)).filter(({ status }) => status === 'retired')
  await admin(server, 'POST', `/keys/${retired.at(-1)?.kid ?? ''}/revoke`)
  await admin(server, 'POST', '/keys/rotate')

  const operators = await invitePeople(server, owner)
  for (let n = 1; n <= 12; n++) {
    const description = `Posts the invoices, in the ${n}th month`
    await admin(server, 'PATCH', `/integrations/${billing.id}`, { body: { description }, headers: { 'if-match': '*' } })
  }
  const adminKeys: readonly RecordedAdminKey[] = [
    ...(await makeAdminKeys(server)),
    { name: 'First deployment', role: 'editor', key: first.key, isValid: false },
  ]
  const body = JSON.stringify({ name: 'Made once', scopes: [PREDICT] })
  const idempotency = { 'idempotency-key': 'fixture-made-once', 'content-type': 'application/json' }
  const once = await admin<Created>(server, 'POST', '/integrations', { body: JSON.parse(body), headers: idempotency })
  const rotated = await admin<{ readonly client_secret: string }>(
    server,
    'POST',
    `/integrations/${rotating.id}/rotate-secret`,
    { body: { overlap_seconds: 30 * 86_400 } },
  )

  await keep('superseded', tokenOf(server, billing, PREDICT))
  await keep('superseded, the second', tokenOf(server, billing, PREDICT))
  await keep('live', tokenOf(server, billing, PREDICT))
  await keep('revoked', tokenOf(server, billing, MODEL))
  await asClient(server, billing, 'revoke', { token: tokens.at(-1)?.token ?? '' })
  await keep('live, of a stable slot', tokenOf(server, stable, REPORTS))
  await keep('live, of a stable slot, handed out again', tokenOf(server, stable, REPORTS))
  await keep('superseded, in its grace', tokenOf(server, graceful, PREDICT))
  await keep('live, after one in its grace', tokenOf(server, graceful, PREDICT))
  await keep('superseded by one that the other secret got', tokenOf(server, rotating, PREDICT))
  await keep(
    'live, got with the newer of two secrets',
    tokenOf(server, { ...rotating, secret: rotated.client_secret }, PREDICT),
  )
  await keep('live, from an allowed address', tokenOf(server, fenced, PREDICT))
  await keep('of an integration that was disabled', tokenOf(server, disabled, PREDICT))
  await admin(server, 'POST', `/integrations/${disabled.id}/disable`)
  await asClient(server, { ...billing, secret: 'wrong' }, 'token', { grant_type: 'client_credentials', scope: PREDICT })
  await asConsole(server, '/session', { email: owner.email, password: 'not the password' })

  const known = (
    name: string,
    { clientId, secret }: Client,
    scopes: readonly string[],
    isEnabled = true,
  ): RecordedClient => ({ name, clientId, secrets: [secret], scopes, isEnabled })
  return {
    server,
    tokens,
    operators,
    adminKeys,
    idempotent: { key: 'fixture-made-once', body, integrationId: once.id },
    clients: [
      known('Billing sync', billing, [PREDICT, MODEL]),
      known('Stable reader', stable, [REPORTS]),
      known('Ärzte-Portal', graceful, [PREDICT]),
      { ...known('Rotating exporter', rotating, [PREDICT, MODEL]), secrets: [rotating.secret, rotated.client_secret] },
      known('Disabled import', disabled, [PREDICT], false),
      known('Fenced worker', fenced, [PREDICT]),
      known('Resource server', resourceServer, [MODEL]),
      known('Made once', { id: once.id, clientId: once.client_id, secret: once.client_secret }, [PREDICT]),
    ],
  }
}

interface Created {
  readonly id: string
  readonly client_id: string
  readonly client_secret: string
}

async function create(server: Asking, desired: object): Promise<Client> {
  const made = await admin<Created>(server, 'POST', '/integrations', { body: desired })
  return { id: made.id, clientId: made.client_id, secret: made.client_secret }
}

interface Key {
  readonly kid: string
  readonly status: string
}

const keysOf = async (server: Asking): Promise<readonly Key[]> =>
  (await admin<{ readonly items: readonly Key[] }>(server, 'GET', '/keys')).items

/** Resolves once the newly published key signs. */
const signedByNext = (server: Asking): Promise<unknown> =>
  eventually(async () => !(await keysOf(server)).some(({ status }) => status === 'next'), {
    within: 60_000,
    what: 'the next key signs',
  })

const linkIn = (text: string): string => /#([\w-]+)/.exec(text)?.[1] ?? ''

interface Person {
  readonly email: string
  readonly password: string
  readonly role: string
}

/** A new operator uses the code to choose a password. Returns the session that the server opens. */
async function setUp(server: Asking, code: string, { email, password, role }: Person): Promise<string> {
  const chosen = { code, password, ...(role === 'owner' && { email }) }
  const { status, session } = await asConsole(server, '/setup', chosen)
  if (status !== 201 || session === undefined) throw new Error(`${email} was not set up: ${status}`)
  return session
}

async function invitePeople(server: Asking, owner: Person): Promise<readonly RecordedOperator[]> {
  const invite = ({ email, role }: Omit<Person, 'password'>) =>
    admin<{ readonly id: string; readonly link: string }>(server, 'POST', '/operators', { body: { email, role } })
  const editor = { email: 'editor@example.com', password: 'a fixture of the editor', role: 'editor' }
  const viewer = { email: 'viewer@example.com', password: 'a fixture of the viewer', role: 'viewer' }
  const editing = await setUp(server, linkIn((await invite(editor)).link), editor)
  const viewing = await invite(viewer)
  await setUp(server, linkIn(viewing.link), viewer)
  await admin(server, 'PATCH', `/operators/${viewing.id}`, {
    body: { status: 'disabled' },
    headers: { 'if-match': '*' },
  })
  await invite({ email: 'invited@example.com', role: 'editor' })
  const { session } = await asConsole(server, '/session', { email: owner.email, password: owner.password })
  if (session === undefined) throw new Error('the owner could not sign in')
  return [
    { ...owner, canSignIn: true, sessions: [session] },
    { ...editor, canSignIn: true, sessions: [editing] },
    { ...viewer, canSignIn: false, sessions: [] },
  ]
}

const makeAdminKey = async (
  server: Asking,
  desired: { readonly name: string; readonly role: string; readonly expires_at?: string },
) => {
  const made = await admin<{ readonly id: string; readonly admin_key: string }>(server, 'POST', '/admin-keys', {
    body: desired,
  })
  return { id: made.id, key: made.admin_key }
}

async function makeAdminKeys(server: Asking): Promise<readonly RecordedAdminKey[]> {
  const keys: RecordedAdminKey[] = []
  for (const role of ['viewer', 'editor', 'owner'] as const) {
    const desired = { name: `Key of a ${role}`, role, ...(role === 'owner' && { expires_at: '2036-01-01T00:00:00Z' }) }
    keys.push({ name: desired.name, role, key: (await makeAdminKey(server, desired)).key, isValid: true })
  }
  return keys
}
