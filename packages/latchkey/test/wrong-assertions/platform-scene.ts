// A server that trusts several platforms, and the assertions of their workloads that are to be refused.
import { aPlatform, made, podClaims, podRule, type TestPlatform } from '../a-platform.ts'
import type { TestIntegration, TestServer } from '../a-server.ts'
import type { Json, TestKey } from '../client-assertions.ts'
import type { RefusingServer } from './refusing-servers.ts'
import { type Case, form, type Request } from './scene.ts'

export interface PlatformScene {
  readonly server: TestServer
  /** Its rules trust the pods of payments/worker, a branch, an environment, a SPIFFE ID and odd claims. */
  readonly integration: TestIntegration
  /** An integration without rules. */
  readonly other: TestIntegration
  /** The live token of the integration, which every refusal must leave alone. */
  readonly live: string
  readonly cluster: TestPlatform
  readonly github: TestPlatform
  readonly spiffe: TestPlatform
  /** An issuer of the kind `oidc` whose rule names odd claims. */
  readonly robots: TestPlatform
  /** An issuer that is disabled, with a rule for payments/worker. */
  readonly disabled: TestPlatform
  /** An issuer that is enabled, with a rule for payments/worker that has ended. */
  readonly former: TestPlatform
  /** A platform that the server does not know. */
  readonly stranger: TestPlatform
  /** The key with which the server signs access tokens. */
  readonly serverKey: TestKey
  readonly now: number
}

export type PlatformCase = Case<PlatformScene>

export const NAME = 'caf\u00e9'

export const robotClaims = (more: Json = {}): Json => ({ sub: NAME, group: { name: 'Ops' }, level: 7, ...more })

const ROBOT_CLAIMS = [
  { claim: ['sub'], equals: NAME },
  { claim: ['group', 'name'], one_of: ['Ops', 'Dev'] },
  { claim: ['level'], equals: '7' },
]

/** The claims of a workflow run on the branch main. */
export const runClaims = (more: Json = {}): Json => ({
  sub: 'repo:acme/deploy:ref:refs/heads/main',
  repository: 'acme/deploy',
  repository_id: '12345',
  ref: 'refs/heads/main',
  event_name: 'push',
  run_id: '99',
  run_attempt: '1',
  ...more,
})

const REPOSITORY = [
  { claim: ['repository'], equals: 'acme/deploy' },
  { claim: ['repository_id'], equals: '12345' },
]

const ON_MAIN = [
  ...REPOSITORY,
  { claim: ['ref'], equals: 'refs/heads/main' },
  { claim: ['event_name'], one_of: ['push', 'workflow_dispatch', 'schedule'] },
]

let scenes = 0

export async function aPlatformScene({
  server,
  serverKey,
  now,
}: Pick<RefusingServer, 'server' | 'serverKey' | 'now'>): Promise<PlatformScene> {
  const name = (of: string) => `${of}-${String(++scenes)}`
  const trusted = async (of: string, platform: string, more: Json = {}) => {
    const chosen = name(of)
    const url = platform === 'spiffe' ? { url: `spiffe://${chosen}.test` } : {}
    const one = aPlatform(server, { name: chosen, platform, alg: 'ES256', now, ...url })
    await made(server, 'POST', '/issuers', { ...one.registration, ...more })
    return one
  }
  const integration = await server.integration({ name: name('Workload') })
  const other = await server.integration({ name: name('Other') })
  const credentials = `/integrations/${integration.id}/credentials`
  const rule = (of: TestPlatform, claims: readonly Json[]) =>
    made(server, 'POST', credentials, { kind: 'trust', issuer: of.name, claims })
  const cluster = await trusted('cluster', 'kubernetes')
  const github = await trusted('github', 'github')
  const spiffe = await trusted('spiffe', 'spiffe')
  const robots = await trusted('robots', 'oidc')
  const disabled = await trusted('disabled', 'kubernetes', { enabled: false })
  const former = await trusted('former', 'kubernetes')
  await made(server, 'POST', credentials, podRule(cluster.name))
  await made(server, 'POST', credentials, podRule(disabled.name))
  const { id: ended } = await made(server, 'POST', credentials, podRule(former.name))
  await made(server, 'POST', `${credentials}/${String(ended)}/end`)
  await rule(github, ON_MAIN)
  await rule(github, [...REPOSITORY, { claim: ['environment'], equals: 'production' }])
  await rule(spiffe, [{ claim: ['sub'], prefix: `${spiffe.url}/batch/` }])
  await rule(robots, ROBOT_CLAIMS)
  await rule(robots, [
    { claim: ['sub'], equals: 'inherited' },
    { claim: ['__proto__', 'constructor', 'name'], equals: 'Object' },
  ])
  return {
    ...{ server, integration, other, live: await server.token(integration) },
    ...{ cluster, github, spiffe, robots, disabled, former },
    stranger: aPlatform(server, { name: name('stranger'), alg: 'ES256', now }),
    ...{ serverKey, now },
  }
}

/** The assertion of a pod of payments/worker, with these claims in place of its own. */
export const pod =
  (claims: Json | ((scene: PlatformScene) => Json), header: Json = {}) =>
  (scene: PlatformScene): string =>
    scene.cluster.sign(podClaims('payments', 'worker', typeof claims === 'function' ? claims(scene) : claims), header)

/** The assertion of a workflow run, with these claims in place of its own, for the integration. */
export const run =
  (claims: Json) =>
  (scene: PlatformScene): Request =>
    withClient(scene.github.sign(runClaims(claims)), scene.integration)

/** A request with this assertion that names the integration. */
export const withClient = (assertion: string, { clientId }: Pick<TestIntegration, 'clientId'>): Request => ({
  body: form(assertion, { client_id: clientId }),
})

export const robot = (claims: Json) => (scene: PlatformScene) => scene.robots.sign(robotClaims(claims))
