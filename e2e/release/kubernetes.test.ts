// The manifests for Kubernetes are rendered by kubectl and checked against the schemas of the Kubernetes API. No
// cluster runs.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { root } from '../../scripts/bootstrap/root.mjs'
import { has } from '../../scripts/programs.mjs'
import { installOnce } from '../../scripts/release/tools.mjs'
import { versionOf } from '../../scripts/release/version.mjs'
import { aCertificate } from '../../packages/latchkey/test/a-certificate.ts'
import { aFolder } from '../../packages/latchkey/test/a-folder.ts'
import { readAgentConfig } from '../../packages/latchkey/src/agent/read-agent-config.ts'
import type { Environment } from '../../packages/latchkey/src/config/environment.ts'
import { readConfig } from '../../packages/latchkey/src/config/read-config.ts'
import { readGatewayConfig } from '../../packages/latchkey/src/config/read-gateway-config.ts'

const SCHEMAS = join(import.meta.dirname, 'kubernetes')
const OVERLAYS = ['embedded', 'postgres', 'gateway', 'agent'] as const

interface Container {
  readonly name: string
  readonly image: string
  readonly args?: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly securityContext?: unknown
  readonly startupProbe?: unknown
  readonly livenessProbe?: unknown
  readonly readinessProbe?: unknown
}

interface PodSpec {
  readonly enableServiceLinks?: boolean
  readonly automountServiceAccountToken?: boolean
  readonly securityContext?: unknown
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly volumes: readonly Readonly<Record<string, unknown>>[]
}

interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: { readonly template: { readonly spec: PodSpec } } & Readonly<Record<string, unknown>>
  readonly data?: Readonly<Record<string, string>>
}

const rendered = (overlay: string): readonly Resource[] =>
  parseAllDocuments(
    execFileSync('kubectl', ['kustomize', join(root, 'deploy/kubernetes/overlays', overlay)], { encoding: 'utf8' }),
  ).map((document) => document.toJS() as Resource)

const podOf = (overlay: string): PodSpec => {
  const deployment = rendered(overlay).find(({ kind }) => kind === 'Deployment')
  if (deployment === undefined) throw new Error(`${overlay} has no Deployment`)
  return deployment.spec.template.spec
}

const kindsOf = (overlay: string): readonly string[] => rendered(overlay).map(({ kind }) => kind)

const ours = ({ containers, initContainers = [] }: PodSpec): Container => {
  const found = [...containers, ...initContainers].find(({ image }) => image.startsWith('latchkey:'))
  if (found === undefined) throw new Error('no container has the image of Latchkey')
  return found
}

const moduleOf = (apiVersion: string): string =>
  apiVersion.startsWith('monitoring.coreos.com/')
    ? `@kubernetes-models/prometheus-operator/${apiVersion}`
    : `kubernetes-models/${apiVersion}`

/**
 * Checks resources by compiling them as literals of their types, and returns the errors of the compiler. A field that
 * its type does not have is an error.
 */
function schemaProblems(resources: readonly Resource[]): string {
  const folder = join(SCHEMAS, 'node_modules/.rendered')
  mkdirSync(folder, { recursive: true })
  const lines = resources.map(({ apiVersion, kind }, index) => {
    const type = `import('${moduleOf(apiVersion)}').I${kind}`
    return `export const resource${String(index)}: ${type} = ${JSON.stringify(resources[index])}`
  })
  const file = join(folder, 'resources.ts')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler']
  const ignore = ['--ignoreConfig']
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...ignore, file],
    { encoding: 'utf8' },
  )
  return `${stdout}${stderr}`
}

describe.skipIf(!has('kubectl'))('the manifests for Kubernetes', () => {
  beforeAll(() => {
    installOnce(SCHEMAS)
  })

  test('have only fields that the API knows', () => {
    expect(schemaProblems(OVERLAYS.flatMap(rendered))).toBe('')
  })

  test.each([
    ['a field that does not exist', { livenesProbe: {} }, 'livenesProbe'],
    ['a value of another type', { replicas: '3' }, "Type 'string' is not assignable to type 'number'"],
  ])('are rejected by the schema check with %s', (_, change, named) => {
    const [deployment] = rendered('embedded').filter(({ kind }) => kind === 'Deployment')
    if (deployment === undefined) throw new Error('no Deployment')
    expect(schemaProblems([{ ...deployment, spec: { ...deployment.spec, ...change } }])).toContain(named)
  })

  test.each(OVERLAYS)('run %s without privileges, as the restricted profile demands', (overlay) => {
    const pod = podOf(overlay)
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    for (const { securityContext } of [...pod.containers, ...(pod.initContainers ?? [])]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
    expect(pod.automountServiceAccountToken).toBe(false)
  })

  test.each(OVERLAYS)(
    'keep the variables that Kubernetes makes for services out of %s, because they would look like settings',
    (overlay) => {
      expect(podOf(overlay).enableServiceLinks).toBe(false)
    },
  )

  test.each(OVERLAYS)('name the image of this version in %s', (overlay) => {
    expect(ours(podOf(overlay)).image).toBe(`latchkey:${versionOf(root)}`)
  })

  test.each(['embedded', 'postgres', 'gateway'])(
    'have startup and liveness probes of /livez and a readiness probe of /readyz in %s',
    (overlay) => {
      const container = ours(podOf(overlay))
      expect(container.startupProbe).toMatchObject({ httpGet: { path: '/livez' } })
      expect(container.livenessProbe).toMatchObject({ httpGet: { path: '/livez' } })
      expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/readyz' } })
      expect(kindsOf(overlay)).toContain('NetworkPolicy')
    },
  )

  test('replace the embedded server by stopping it before a new server starts on its volume', () => {
    const [deployment] = rendered('embedded').filter(({ kind }) => kind === 'Deployment')
    expect(deployment?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
    expect(podOf('embedded').volumes).toContainEqual({ name: 'data', persistentVolumeClaim: { claimName: 'latchkey' } })
  })

  test('keep two of three servers on PostgreSQL during the drain of a node, and export metrics', () => {
    expect(kindsOf('postgres')).toEqual(expect.arrayContaining(['PodDisruptionBudget', 'ServiceMonitor']))
    const budget = rendered('postgres').find(({ kind }) => kind === 'PodDisruptionBudget')
    expect(budget?.spec).toMatchObject({ minAvailable: 2 })
    const [deployment] = rendered('postgres').filter(({ kind }) => kind === 'Deployment')
    expect(deployment?.spec).toMatchObject({ replicas: 3, strategy: { rollingUpdate: { maxUnavailable: 0 } } })
  })

  test.each(['embedded', 'postgres'])('set every setting that the server in %s needs for its start', (overlay) => {
    const { cert, key } = aCertificate()
    const folder = aFolder({ 'tls.crt': cert, 'tls.key': key })
    const given = { LATCHKEY_MASTER_KEY: 'A'.repeat(43), LATCHKEY_DATABASE_URL: 'postgres://latchkey@db/latchkey' }
    const env = Object.fromEntries(
      (ours(podOf(overlay)).env ?? []).map(({ name, value }) => [
        name,
        value?.replace('/etc/latchkey/tls', folder) ?? given[name as keyof typeof given],
      ]),
    )
    const read = readConfig({ env: { LATCHKEY_HOST: '0.0.0.0', LATCHKEY_ADMIN_HOST: '0.0.0.0', ...env }, flags: {} })
    expect(read).toMatchObject({ ok: true })
  })

  test('give the gateway a file and credentials with which it would start', () => {
    const { cert, key } = aCertificate()
    const folder = aFolder({ 'tls.crt': cert, 'tls.key': key })
    const text = fileOf('gateway', 'gateway.yaml').replaceAll('/etc/latchkey/tls', folder)
    const given = (ours(podOf('gateway')).env ?? []).map(({ name }) => [name, 'lk0123456789abcd'])
    const read = readGatewayConfig({ text, name: 'gateway.yaml', env: Object.fromEntries(given) as Environment })
    expect(read).toMatchObject({ ok: true })
  })

  test('give the agent a file with which it would start', () => {
    const folder = aFolder({ 'client-secret': 'lks_0123456789abcdefghijklmnopqrstuv0000' })
    const text = fileOf('agent', 'agent.yaml').replaceAll('/etc/latchkey/secret', folder)
    expect(readAgentConfig(parse(text), '/run/latchkey-agent/agent.sock')).toMatchObject({
      ok: true,
      value: { socket: '/run/latchkey-agent/private/agent.sock' },
    })
  })
})

/** Returns the content of the file that the container's arguments name. */
function fileOf(overlay: string, file: string): string {
  expect(ours(podOf(overlay)).args).toEqual([overlay, '--config', `/etc/latchkey/${overlay}/${file}`])
  const map = rendered(overlay).find(({ kind }) => kind === 'ConfigMap')
  return map?.data?.[file] ?? ''
}
