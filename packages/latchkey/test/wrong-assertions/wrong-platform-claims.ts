// Signed platform assertions with wrong times, audiences, issuers and subjects, or with claims that no rule names.
import { JWT_SPIFFE } from '@latchkey/protocol'
import { podClaims } from '../a-platform.ts'
import {
  pod,
  type PlatformCase,
  type PlatformScene,
  robot,
  robotClaims,
  run,
  runClaims,
  withClient,
} from './platform-scene.ts'
import { form } from './scene.ts'

export const PLATFORM_TIME: readonly PlatformCase[] = [
  ['a lifetime beyond 3,900 seconds', 'assertion_lifetime', pod(({ now }) => ({ iat: now, exp: now + 3901 }))],
  ['a lifetime of a year', 'assertion_lifetime', pod(({ now }) => ({ iat: now, exp: now + 31_536_000 }))],
  [
    'without iat, an exp in 3,931 seconds',
    'assertion_lifetime',
    pod(({ now }) => ({ iat: undefined, nbf: undefined, exp: now + 3931 })),
  ],
  [
    'expired for 31 seconds',
    'assertion_expired',
    pod(({ now }) => ({ iat: now - 600, nbf: now - 600, exp: now - 31 })),
  ],
  [
    'expired for 30 seconds',
    'assertion_expired',
    pod(({ now }) => ({ iat: now - 600, nbf: now - 600, exp: now - 30 })),
  ],
  ['iat 31 seconds ahead', 'assertion_not_yet', pod(({ now }) => ({ iat: now + 31, nbf: now, exp: now + 600 }))],
  ['nbf 31 seconds ahead', 'assertion_not_yet', pod(({ now }) => ({ iat: now, nbf: now + 31, exp: now + 600 }))],
  ['no exp', 'assertion_claims_unusable', pod({ exp: undefined })],
  ['exp as a text', 'assertion_claims_unusable', pod(({ now }) => ({ exp: String(now + 600) }))],
  ['exp with a fraction', 'assertion_claims_unusable', pod(({ now }) => ({ exp: now + 600.5 }))],
  ['exp in milliseconds', 'assertion_lifetime', pod(({ now }) => ({ exp: (now + 600) * 1000 }))],
  ['exp at iat', 'assertion_claims_unusable', pod(({ now }) => ({ iat: now, exp: now }))],
]

const audience = (of: (issuer: string) => unknown) => pod(({ server }) => ({ aud: of(server.issuer) }))

export const PLATFORM_AUDIENCE: readonly PlatformCase[] = (
  [
    ['no aud', () => undefined],
    ['the token endpoint', (issuer) => `${issuer}/v1/token`],
    ['an array of the token endpoint', (issuer) => [`${issuer}/v1/token`]],
    ['a slash behind the issuer', (issuer) => `${issuer}/`],
    ['the host in capitals', (issuer) => issuer.replace('localhost', 'LOCALHOST')],
    ['the scheme in capitals', (issuer) => issuer.replace('http://', 'HTTP://')],
    ['an array of the issuer and another', (issuer) => [issuer, 'https://attacker.example']],
    ['an array of another and the issuer', (issuer) => ['https://attacker.example', issuer]],
    ['an array of the issuer twice', (issuer) => [issuer, issuer]],
    ['an array in an array', (issuer) => [[issuer]]],
    ['the beginning of the issuer', (issuer) => issuer.slice(0, -1)],
    ['an empty array', () => []],
    ['an empty text', () => ''],
    ['null', () => null],
    ['an object', (issuer) => ({ 0: issuer, length: 1 })],
    ["the platform's usual audience", () => ['https://kubernetes.default.svc']],
  ] satisfies [string, (issuer: string) => unknown][]
).map(([name, of]) => [name, 'assertion_audience', audience(of)])

const asSvid = (assertion: string) => ({ body: form(assertion, { client_assertion_type: JWT_SPIFFE }) })
const svid = (subject: (scene: PlatformScene) => unknown) => (scene: PlatformScene) =>
  asSvid(scene.spiffe.sign({ iss: undefined, sub: subject(scene) }))
const podOf = (scene: PlatformScene, clientId: string) => withClient(pod({})(scene), { clientId })

export const PLATFORM_ISSUER_AND_SUBJECT: readonly PlatformCase[] = [
  ['an issuer that no operator registered', 'unknown_issuer', ({ stranger }) => stranger.sign(podClaims())],
  ['a slash behind the issuer', 'unknown_issuer', pod(({ cluster }) => ({ iss: `${cluster.url}/` }))],
  ['http in place of https', 'unknown_issuer', pod(({ cluster }) => ({ iss: cluster.url.replace('https', 'http') }))],
  ['the issuer in capitals', 'unknown_issuer', pod(({ cluster }) => ({ iss: cluster.url.toUpperCase() }))],
  ['the issuer of this server', 'unknown_issuer', pod(({ server }) => ({ iss: server.issuer }))],
  [
    'the issuer of this server, signed with its own key',
    'unknown_issuer',
    ({ cluster, server, serverKey }) =>
      cluster.sign(podClaims('payments', 'worker', { iss: server.issuer }), { kid: serverKey.kid }, serverKey),
  ],
  ['the name of the issuer', 'unknown_issuer', pod(({ cluster }) => ({ iss: cluster.name }))],
  ['another registered issuer', 'unknown_key', pod(({ github }) => ({ iss: github.url }))],
  ['the issuer __proto__', 'unknown_issuer', pod({ iss: '__proto__' })],
  ['a disabled issuer', 'unknown_issuer', ({ disabled }) => disabled.sign(podClaims())],
  [
    'a disabled issuer beside a client_id',
    'unknown_issuer',
    ({ disabled, integration }) => withClient(disabled.sign(podClaims()), integration),
  ],
  ['no iss', 'assertion_claims_unusable', pod({ iss: undefined })],
  ['iss as an array', 'assertion_claims_unusable', pod(({ cluster }) => ({ iss: [cluster.url] }))],
  ['no sub', 'assertion_claims_unusable', pod({ sub: undefined })],
  ['an empty sub', 'assertion_claims_unusable', pod({ sub: '' })],
  ['a sub that is a number', 'assertion_claims_unusable', pod({ sub: 7 })],
  ['a sub of 1,025 bytes', 'assertion_claims_unusable', pod({ sub: `${'s'.repeat(1023)}\u00e9` })],
  ['jwt-spiffe without a SPIFFE ID', 'assertion_claims_unusable', (scene) => asSvid(pod({})(scene))],
  ['jwt-spiffe with a trust domain alone', 'assertion_claims_unusable', svid(({ spiffe }) => spiffe.url)],
  ['jwt-spiffe with another trust domain', 'unknown_issuer', svid(() => 'spiffe://attacker.test/batch/one')],
  [
    'jwt-spiffe with the trust domain in capitals',
    'assertion_claims_unusable',
    svid(({ spiffe }) => `${spiffe.url.replace('spiffe-', 'SPIFFE-')}/batch/one`),
  ],
  ['a client_id that does not exist', 'unknown_client', (scene) => podOf(scene, 'lkanotherclient0')],
  ['the client_id __proto__', 'unknown_client', (scene) => podOf(scene, '__proto__')],
]

const names = (more: object) => ({ 'kubernetes.io': { namespace: 'payments', ...more } })
const NO_MATCH = 'trust_rule_mismatch'

export const PLATFORM_RULES: readonly PlatformCase[] = [
  ['a repository whose name only begins alike', NO_MATCH, run({ repository: 'acme/deploy-evil' })],
  ['a repository of another owner', NO_MATCH, run({ repository: 'evil/deploy' })],
  ['a repository in other letters', NO_MATCH, run({ repository: 'Acme/Deploy' })],
  ['a repository that got the name later', NO_MATCH, run({ repository_id: '67890' })],
  ['another branch', NO_MATCH, run({ ref: 'refs/heads/main2' })],
  ['a tag of the same name', NO_MATCH, run({ ref: 'refs/tags/main' })],
  ['pull_request_target on the branch', NO_MATCH, run({ event_name: 'pull_request_target' })],
  ['another environment', NO_MATCH, run({ ref: 'refs/heads/x', environment: 'staging' })],
  ['an environment with a space', NO_MATCH, run({ ref: 'refs/heads/x', environment: 'production ' })],
  ['a workflow run without client_id', NO_MATCH, ({ github }) => github.sign(runClaims())],
  ['another namespace', NO_MATCH, ({ cluster }) => cluster.sign(podClaims('staging', 'worker'))],
  ['the account default', NO_MATCH, ({ cluster }) => cluster.sign(podClaims('payments', 'default'))],
  ['no pod', NO_MATCH, pod(names({}))],
  ['a pod without a uid', NO_MATCH, pod(names({ pod: { name: 'worker' } }))],
  ['an empty uid', NO_MATCH, pod(names({ pod: { uid: '' } }))],
  ['a uid that is a number', NO_MATCH, pod(names({ pod: { uid: 7 } }))],
  ['a uid that is an array', NO_MATCH, pod(names({ pod: { uid: ['5ad3-11'] } }))],
  ['a pod that is an array', NO_MATCH, pod(names({ pod: [{ uid: '5ad3-11' }] }))],
  [
    'names with dots in place of a path',
    NO_MATCH,
    pod({ 'kubernetes.io': undefined, 'kubernetes.io.pod.uid': 'x', 'kubernetes.io/pod/uid': 'x' }),
  ],
  ['a sub in NFD', NO_MATCH, (scene) => withClientOfRobots(scene, { sub: 'cafe\u0301' })],
  ['a claim that is absent', NO_MATCH, robot({ group: undefined })],
  ['a claim that is null', NO_MATCH, robot({ group: null })],
  ['a claim that is an array', NO_MATCH, robot({ group: { name: ['Ops'] } })],
  ['a claim that is an object', NO_MATCH, robot({ group: { name: { Ops: 'Ops' } } })],
  ['a claim in other letters', NO_MATCH, robot({ group: { name: 'OPS' } })],
  ['a name with a dot', NO_MATCH, robot({ group: undefined, 'group.name': 'Ops' })],
  ['a number with a fraction', NO_MATCH, robot({ level: 7.5 })],
  ['a number as a text with a zero', NO_MATCH, robot({ level: '07' })],
  ['a claim that every object inherits', NO_MATCH, robot({ sub: 'inherited' })],
  ['the SPIFFE ID without anything behind the prefix', NO_MATCH, (scene) => withSvid(scene, '/batch/')],
  ['a SPIFFE ID beside the prefix', NO_MATCH, (scene) => withSvid(scene, '/batches/one')],
  ['a rule that has ended', NO_MATCH, ({ former }) => former.sign(podClaims())],
  [
    'a rule that has ended, beside the client_id',
    NO_MATCH,
    ({ former, integration }) => withClient(former.sign(podClaims()), integration),
  ],
  ['a rule of another integration', NO_MATCH, (scene) => podOf(scene, scene.other.clientId)],
  ['the integration of another platform', NO_MATCH, ({ github }) => github.sign(podClaims())],
]

function withClientOfRobots({ robots, integration }: PlatformScene, claims: object) {
  return withClient(robots.sign(robotClaims({ ...claims })), integration)
}

function withSvid({ spiffe, integration }: PlatformScene, path: string) {
  const more = { client_id: integration.clientId, client_assertion_type: JWT_SPIFFE }
  return { body: form(spiffe.sign({ sub: `${spiffe.url}${path}` }), more) }
}
