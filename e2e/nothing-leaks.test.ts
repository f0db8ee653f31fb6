// Secrets, admin keys and tokens appear only in the answers that are meant to show them. They are in no log, no file
// and no other answer.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import type { CreatedIntegration } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { CliSession } from './cli-session.ts'
import { Connection } from './connection.ts'
import { type Integration, MODEL, PREDICT, readAdminKey } from './integrations.ts'
import { misuse } from './misuse.ts'
import { type RealServer, startRealServer } from './real-server.ts'
import {
  filesToSearch,
  formsOfPair,
  formsOfSecret,
  formsOfToken,
  KEY_FILES,
  type Needle,
  sightings,
  type Sought,
} from './secret-search.ts'

const SHORT_LIVED = { LATCHKEY_JWKS_MAX_AGE: '1' }

interface Handed {
  readonly name: string
  readonly needles: readonly Needle[]
}

/** Collects all secrets that the server issued, and all its output. */
class Evidence {
  readonly #server: RealServer
  readonly sought = new Map<string, Sought>()
  readonly places = new Map<string, string>()

  constructor(server: RealServer) {
    this.#server = server
    this.know({ name: 'the admin key', needles: formsOfSecret(readAdminKey(server).reveal()) })
  }

  /** Registers a secret. `belongsIn` names the answers that may show it. */
  know({ name, needles }: Handed, ...belongsIn: readonly string[]): void {
    this.sought.set(name, { needles, belongsIn: new Set(belongsIn) })
  }

  read(place: string, text: string): void {
    this.places.set(place, `${this.places.get(place) ?? ''}${text}\n`)
  }

  /**
   * Sends a request to the admin API, with the owner's key unless another is given. Records the answer as evidence and
   * returns it.
   */
  async ask<Document>(place: string, method: string, path: string, body?: object, given?: string): Promise<Document> {
    const key = given ?? readAdminKey(this.#server).reveal()
    const response = await fetch(`${this.#server.adminUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    this.read(place, `${JSON.stringify([...response.headers])}\n${text}`)
    return (text.startsWith('{') ? JSON.parse(text) : undefined) as Document
  }
}

type Made = Required<CreatedIntegration>

const credentialsOf = (made: Pick<Made, 'id' | 'client_id'>, secret: string): Integration => {
  const clientSecret = new Secret(secret)
  const basic = toBasicCredentials(made.client_id, clientSecret)
  return { id: made.id, clientId: made.client_id, clientSecret, basic }
}

test.for(['json', 'pretty'])(
  'after every use of secrets, right and wrong, no secret appears in a wrong place: %s log',
  async (format) => {
    const env = { LATCHKEY_LOG_LEVEL: 'trace', LATCHKEY_LOG_FORMAT: format, LATCHKEY_SIGNING_ALG: 'ES256' }
    const server = await startRealServer({ env: { ...env, ...SHORT_LIVED } })
    const evidence = new Evidence(server)
    const demo = /CLIENT_SECRET='([^']+)'/.exec(server.stdout())?.[1] ?? ''
    expect(demo).toMatch(/^lks_/)
    evidence.know({ name: 'the demo secret', needles: formsOfSecret(demo) }, 'standard output')
    const events = await watchEvents(server, evidence)

    const { integration, token: live } = await useApi(server, evidence)
    const refused = await misuse(server, integration, live)
    for (const [n, text] of refused.entries()) {
      const place = `answer ${String(n + 1)} to misuse`
      evidence.read(place, text)
      // The server ignores unknown parts of a request, so some of the faulty requests got a token.
      const token = /"access_token":"([^"]+)"/.exec(text)?.[1]
      if (token !== undefined) evidence.know({ name: `the token in ${place}`, needles: formsOfToken(token) }, place)
    }
    await useCommands(server, evidence)
    for (const path of ['/metrics', '/admin/v1/overview', '/admin/v1/audit/export?format=csv', '/docs', '/problems']) {
      await evidence.ask(path, 'GET', path)
    }
    for (const path of ['/admin/v1/audit?limit=200', '/admin/v1/admin-keys', '/admin/v1/keys', '/admin/v1/tokens']) {
      await evidence.ask(path, 'GET', path)
    }

    const running = filesToSearch(server.dataDir)
    expect([...running.keys()]).toEqual(expect.arrayContaining(['latchkey.db', 'latchkey.db-wal', 'server.json']))
    for (const name of KEY_FILES) expect(statSync(join(server.dataDir, name)).mode & 0o777).toBe(0o600)
    knowServerKeys(server, evidence)
    server.kill('SIGTERM')
    await server.exited
    await events.ended
    const stopped = [...filesToSearch(server.dataDir)].map(
      ([name, content]) => [`${name} after the stop`, content] as const,
    )
    evidence.read('standard output', server.stdout())
    evidence.read('standard error', server.stderr())
    await server.stop()

    expect(evidence.places.get('the event stream')).toMatch(/event: issuance\n[^]*event: change\n/)
    for (const said of format === 'json' ? ['request.refused', 'token.issued', 'auth.denied'] : ['token issued']) {
      expect(server.stderr()).toContain(said)
    }
    // The search works: it finds the secrets in the answers that show them, and other texts in the files.
    const shown = new Map([...evidence.sought].map(([name, { needles }]) => [name, { needles }]))
    expect(sightings(shown, evidence.places).length).toBeGreaterThan(20)
    expect(sightings(new Map([['a client ID', { needles: [integration.clientId] }]]), running)).not.toEqual([])
    const everywhere = new Map<string, Buffer | string>([...evidence.places, ...running, ...stopped])
    expect(sightings(evidence.sought, everywhere)).toEqual([])
  },
)

test('the search finds a secret in every form', () => {
  const places = new Map([['a log', Buffer.from('{"msg":"got bGtzX2FiYw== and lks_abc"}')]])
  const seek = (secret: string) => sightings(new Map([['secret', { needles: formsOfSecret(secret) }]]), places)
  expect(seek('lks_abc')).toEqual(['secret is in a log'])
  expect(seek('lks_abd')).toEqual([])
  const hash = createHash('sha256').update('lks_abc').digest('hex')
  const needles = formsOfPair('lk1', 'lks_abc')
  for (const text of ['lks_abc', hash, Buffer.from('lk1:lks_abc').toString('base64')]) {
    expect(sightings(new Map([['secret', { needles }]]), new Map([['a file', `…${text}…`]]))).toHaveLength(1)
  }
})

/** Reads the event stream until the server ends. Resolves once the stream is open. */
async function watchEvents(server: RealServer, evidence: Evidence): Promise<{ readonly ended: Promise<void> }> {
  const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
  const { body } = await fetch(`${server.adminUrl}/admin/v1/events`, { headers })
  const read = async (): Promise<void> => {
    let text = ''
    for await (const chunk of body ?? []) text += Buffer.from(chunk).toString()
    evidence.read('the event stream', text)
  }
  return { ended: read() }
}

/** Registers the content of the key files, which no other file may contain. */
function knowServerKeys({ dataDir }: RealServer, evidence: Evidence): void {
  const master = readFileSync(join(dataDir, 'master.key'), 'utf8').trim()
  const bytes = Buffer.from(master, 'base64url')
  evidence.know({ name: 'the master key', needles: [master, bytes, bytes.toString('hex')] })
  evidence.know({ name: 'a private key', needles: ['PRIVATE KEY', '"d":"'] })
}

/** Performs every operation of the admin API that concerns secrets, under a load of token requests. */
async function useApi(
  server: RealServer,
  evidence: Evidence,
): Promise<{ readonly integration: Integration; readonly token: string }> {
  const connection = new Connection(server)
  let tokens = 0
  const token = async (integration: Integration, scope = PREDICT): Promise<string> => {
    const name = `token ${String(++tokens)}`
    const answer = await connection.requestToken(integration, scope)
    evidence.read(`the answer with ${name}`, answer.body)
    const { access_token: text } = JSON.parse(answer.body) as { access_token: string }
    evidence.know({ name, needles: formsOfToken(text) }, `the answer with ${name}`)
    return text
  }
  const api = '/admin/v1/integrations'
  const desired = { name: 'Billing', scopes: [PREDICT, MODEL], resource_server: true }
  const billing = await evidence.ask<Made>('created Billing', 'POST', api, desired)
  const first = credentialsOf(billing, billing.client_secret)
  const revealed = ['created Billing', 'revealed Billing']
  evidence.know(
    { name: 'the secret of Billing', needles: formsOfPair(billing.client_id, billing.client_secret) },
    ...revealed,
  )
  const own = `brought-along-${randomBytes(24).toString('base64url')}`
  const imported_secret = `sha256:${createHash('sha256').update(own).digest('hex')}`
  const moved = await evidence.ask<Made>('created Moved', 'POST', api, { ...desired, name: 'Moved', imported_secret })
  evidence.know({ name: 'the imported secret', needles: formsOfPair(moved.client_id, own) })
  const other = credentialsOf(moved, own)

  for (let n = 0; n < 10; n++) await token(first)
  const seen = [await token(first, MODEL), await token(other), await token(other, MODEL)]
  for (const text of seen) {
    evidence.read('verify', JSON.stringify(await connection.verify(text)))
    evidence.read('introspect', (await connection.introspect(other, text)).body)
  }
  evidence.read('revoke', (await connection.revoke(other, seen[1] ?? '')).body)
  const mistaken = credentialsOf(moved, billing.client_secret)
  for (let n = 0; n < 3; n++) evidence.read('a wrong secret', (await connection.requestToken(mistaken)).body)

  const { items } = await evidence.ask<{ items: { id: string }[] }>('secrets', 'GET', `${api}/${billing.id}/secrets`)
  const secrets = `${api}/${billing.id}/secrets/${items[0]?.id ?? ''}`
  await evidence.ask('revealed Billing', 'POST', `${secrets}/reveal`)
  const rotated = await evidence.ask<Made>('rotated Billing', 'POST', `${api}/${billing.id}/rotate-secret`)
  evidence.know(
    { name: 'the second secret', needles: formsOfPair(billing.client_id, rotated.client_secret) },
    'rotated Billing',
  )
  const second = credentialsOf(billing, rotated.client_secret)
  await token(first)
  await token(second)
  await evidence.ask('ended', 'POST', `${secrets}/end`)
  evidence.read('an ended secret', (await connection.requestToken(first)).body)
  const sealed = `${api}/${moved.id}/secrets`
  const { items: kept } = await evidence.ask<{ items: { id: string }[] }>('secrets', 'GET', sealed)
  await evidence.ask('not revealed', 'POST', `${sealed}/${kept[0]?.id ?? ''}/reveal`)

  const dashboard = await evidence.ask<{ id: string; admin_key: string }>(
    'made a key',
    'POST',
    '/admin/v1/admin-keys',
    { name: 'Dashboard', role: 'viewer' },
  )
  evidence.know({ name: 'the key of a viewer', needles: formsOfSecret(dashboard.admin_key) }, 'made a key')
  for (const [method, path] of [
    ['GET', api],
    ['DELETE', `${api}/${billing.id}`],
  ] as const) {
    await evidence.ask('as a viewer', method, path, undefined, dashboard.admin_key)
  }
  await evidence.ask('revoked the key', 'DELETE', `/admin/v1/admin-keys/${dashboard.id}`)
  await evidence.ask('with a revoked key', 'GET', api, undefined, dashboard.admin_key)
  const declared = { name: 'Declared', scopes: [PREDICT], secret: imported_secret }
  await evidence.ask('applied', 'POST', '/admin/v1/apply', { integrations: [declared] })

  const next = await evidence.ask<{ kid: string }>('rotated the key', 'POST', '/admin/v1/keys/rotate')
  await token(second)
  await evidence.ask('revoked the key', 'POST', `/admin/v1/keys/${next.kid}/revoke`)
  await evidence.ask('disabled', 'POST', `${api}/${moved.id}/disable`)
  await evidence.ask('enabled', 'POST', `${api}/${moved.id}/enable`)
  await evidence.ask('history', 'GET', `${api}/${billing.id}/tokens/${PREDICT}`)
  await evidence.ask('activity', 'GET', `${api}/${billing.id}/activity`)
  const last = await token(second)
  connection.close()
  return { integration: second, token: last }
}

/** Runs the command line with each way to pass a secret, right and wrong. */
async function useCommands(server: RealServer, evidence: Evidence): Promise<void> {
  const cli = new CliSession(server)
  const create = `integrations create --name Commands --scope ${PREDICT} --json`
  const made = JSON.parse(await cli.ok(create)) as Made
  evidence.know(
    { name: 'the secret by command', needles: formsOfPair(made.client_id, made.client_secret) },
    `latchkey ${create}`,
    `latchkey secrets reveal ${made.client_id}`,
  )
  const ask = `token request --client-id ${made.client_id}`
  const token = (await cli.ok(ask, { stdin: made.client_secret })).trim()
  evidence.know({ name: 'the token by command', needles: formsOfToken(token) }, `latchkey ${ask}`)
  const env = { LATCHKEY_CLIENT_SECRET: made.client_secret, LATCHKEY_CLIENT_ID: made.client_id }
  const others = [
    cli.run(`secrets reveal ${made.client_id}`),
    cli.run('token explain --json', { stdin: token }),
    cli.run('token decode', { stdin: token }),
    cli.run('token explain', { stdin: `${token}x` }),
    cli.run('token decode --json', { stdin: made.client_secret }),
    cli.run(ask, { stdin: `${made.client_secret.slice(0, -1)}\n` }),
    cli.run(`${ask} --json`, { stdin: token }),
    cli.run('config print --origin --json', { env: { ...env, LATCHKEY_ADMIN_KEY: readAdminKey(server).reveal() } }),
    cli.run('config check', { env: { ...env, LATCHKEY_PORT: 'none' } }),
    cli.run('integrations list --json', { env: { LATCHKEY_ADMIN_KEY: made.client_secret } }),
    cli.run('integrations list', { env: { LATCHKEY_ADMIN_KEY: `${token} ${token}` } }),
    cli.run(`tokens history ${made.client_id} ${PREDICT}`),
    cli.run('export'),
    cli.run('audit export --format csv'),
    cli.run('doctor --json'),
  ]
  await Promise.all(others)
  for (const { command, stdout, stderr } of cli.ran) evidence.read(`latchkey ${command}`, `${stdout}\n${stderr}`)
}
