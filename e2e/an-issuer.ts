// An issuer of assertions: a real HTTPS server on loopback, whose certificate comes from an authority that openssl made.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { NewIssuer } from 'latchkey/admin-api'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'
import { ask, createIntegration, type Integration } from './integrations.ts'

/** The settings with which a server may fetch keys from loopback. */
const env = { LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.0/8', LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }

export interface TestIssuer {
  readonly url: string
  /** The certificate of the authority, in PEM. */
  readonly ca: string
  readonly server: Server
}

/** Starts an issuer at `https://localhost`. It answers no request until `answers` gives it a listener. */
export async function anIssuer(): Promise<TestIssuer> {
  const folder = aTemporaryFolder()
  const openssl = (...words: readonly string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  }
  const newKey = (name: string): readonly string[] => [
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`],
  ]
  openssl('req', '-x509', ...newKey('ca'), '-subj', '/CN=Test authority', '-days', '2', '-out', 'ca.pem')
  openssl('req', '-new', ...newKey('issuer'), '-subj', '/CN=localhost', '-out', 'issuer.csr')
  writeFileSync(join(folder, 'names.cnf'), 'subjectAltName=DNS:localhost\n')
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'names.cnf']
  openssl('x509', '-req', '-in', 'issuer.csr', ...signing, '-out', 'issuer.pem')
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const server = createServer({ cert: read('issuer.pem'), key: read('issuer.key') })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await once(server.close(), 'close')
  })
  return { url: `https://localhost:${String((server.address() as AddressInfo).port)}`, ca: read('ca.pem'), server }
}

export const answers = ({ server }: TestIssuer, listener: RequestListener): void => {
  server.on('request', listener)
}

/** Starts a server that trusts the issuer, with an integration that has this rule. */
export async function aTrustingServer(
  { url, ca }: TestIssuer,
  { issuer, claims }: { readonly issuer: Partial<NewIssuer>; readonly claims: readonly object[] },
): Promise<{ readonly server: RealServer; readonly integration: Integration }> {
  const server = await startRealServer({ env })
  const integration = await createIntegration(server)
  await created(server, '/issuers', { name: 'test', url, keys: { source: 'discovery' }, tls_ca: ca, ...issuer })
  const rule = { kind: 'trust', issuer: 'test', claims }
  await created(server, `/integrations/${integration.id}/credentials`, rule)
  return { server, integration }
}

async function created(server: RealServer, path: string, body: object): Promise<void> {
  const answer = await ask(server, 'POST', path, JSON.stringify(body))
  if (answer.status !== 201) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`)
}

/** Requests a token at the issuer, with HTTP Basic. Resolves to the token. */
export async function tokenFrom({ url, ca }: TestIssuer, client: string, form: URLSearchParams): Promise<string> {
  const body = form.toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length }
  const sent = request(`${url}/token`, { method: 'POST', ca, auth: client, headers, agent: false })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const { access_token: token } = (await json(answer)) as { readonly access_token?: string }
  if (token === undefined) throw new Error(`the issuer answered ${String(answer.statusCode)}`)
  return token
}
