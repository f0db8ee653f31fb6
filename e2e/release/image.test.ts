// The container image: built twice, unpacked, and run as its own user on a read-only root.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { has } from '../../scripts/programs.mjs'
import { buildImages } from '../../scripts/release/image.mjs'
import { root } from '../../scripts/bootstrap/root.mjs'
import { versionOf } from '../../scripts/release/version.mjs'
import { Connection } from '../connection.ts'
import { promptly } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { createIntegration } from '../integrations.ts'
import { startRealServer } from '../real-server.ts'
import { aDataFolder, RELEASES } from '../upgrades/fixtures.ts'
import { aVolume, giveTo, runContainer, unpackImage, type UnpackedImage } from './container.ts'

const PUBLISHED = { LATCHKEY_PUBLISHED_ON: 'loopback', LATCHKEY_SIGNING_ALG: 'ES256' }
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'
const KEY = 'A'.repeat(43)

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

interface Config {
  readonly config: Readonly<Record<string, unknown>> & { readonly Labels: Readonly<Record<string, string>> }
}

describe.skipIf(!has('umoci') || !has('unshare'))('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-image-test-'))
  const dist = join(folder, 'dist')
  const file = join(dist, 'image/latchkey-amd64.oci.tar')
  const log: string[] = []
  let image: UnpackedImage
  beforeAll(() => {
    buildImages(dist, { log: (line) => log.push(line) }, ['amd64'])
    image = unpackImage(file, folder, versionOf(root))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  test('has the same bytes when it is built again, and so has its bill of materials', () => {
    const again = join(folder, 'again')
    mkdirSync(again)
    buildImages(again, { log: () => undefined }, ['amd64'])
    for (const name of ['image/latchkey-amd64.oci.tar', 'image/latchkey-amd64.sbom.cdx.json']) {
      expect(digestOf(join(again, name))).toBe(digestOf(join(dist, name)))
    }
  })

  test('for arm64 contains only programs for that processor', () => {
    const arm = join(folder, 'arm64')
    mkdirSync(arm)
    const armLog: string[] = []
    buildImages(arm, { log: (line) => armLog.push(line) }, ['arm64'])
    // Debian has the same versions for both processors. apt pads the longer name of arm64 differently, and an earlier
    // build therefore did not compare the pinned versions of arm64.
    expect(armLog.filter((line) => line.includes('no longer'))).toEqual(
      log.filter((line) => line.includes('no longer')),
    )
    const unpacked = unpackImage(join(arm, 'image/latchkey-arm64.oci.tar'), arm, versionOf(root))
    const programs = filesOf(join(unpacked.root, 'usr')).filter((path) => machineOf(path) !== undefined)
    expect(programs.length).toBeGreaterThan(8)
    expect(new Set(programs.map(machineOf))).toEqual(new Set(['arm64']))
    expect(programs.filter((path) => path.endsWith('.node'))).toHaveLength(1)
  })

  test('describes itself, runs as an unprivileged user, and has a health check', () => {
    const manifest = blob<{ config: { digest: string } }>(folder, indexDigest(folder))
    const { config } = blob<Config>(folder, manifest.config.digest)
    expect(config).toMatchObject({
      User: '65532:65532',
      Entrypoint: ['/usr/bin/latchkey'],
      Cmd: ['serve'],
      Volumes: { '/var/lib/latchkey': {} },
      ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} },
      Healthcheck: { Test: ['CMD', '/usr/bin/latchkey', 'doctor', '--quick'] },
    })
    const revision = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
    expect(config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'Latchkey',
      'org.opencontainers.image.version': versionOf(root),
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.revision': revision,
    })
    expect(config.Labels['org.opencontainers.image.created']).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(config.Labels).not.toHaveProperty('org.opencontainers.image.source')
    expect(readFileSync(join(image.root, 'etc/passwd'), 'utf8')).toContain('latchkey:x:65532:65532:')
  })

  test('has no program besides Node, no shell, and no file of a test or a build tool', () => {
    expect(readdirSync(join(image.root, 'usr/bin')).sort()).toEqual(['latchkey', 'node'])
    const programs = filesOf(join(image.root, 'usr')).filter((path) => (statSync(path).mode & 0o111) !== 0)
    expect(programs.map((path) => path.slice(image.root.length)).sort()).toEqual([
      '/usr/bin/node',
      '/usr/lib/latchkey/bin/latchkey.js',
      '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
    ])
    const setUser = filesOf(join(image.root, 'usr')).filter((path) => (statSync(path).mode & 0o6000) !== 0)
    expect(setUser).toEqual([])
    const own = filesOf(join(image.root, 'usr/lib/latchkey')).filter(
      (path) => !/\/node_modules\/(?!@latchkey\/)/.test(path),
    )
    expect(own.length).toBeGreaterThan(100)
    expect(own.filter((path) => /\.tsbuildinfo$|\/(?:src|test)\//.test(path))).toEqual([])
  })

  test('contains the licences of Latchkey, Node, each npm package and each Debian package', () => {
    const doc = join(image.root, 'usr/share/doc')
    const notices = readFileSync(join(doc, 'latchkey/NOTICES'), 'utf8')
    for (const name of ['Node.js', 'fastify', 'react-dom', 'pg'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(readFileSync(join(image.root, 'usr/lib/latchkey/LICENSE'), 'utf8')).toContain('Apache License')
    for (const name of ['libc6', 'gcc-14-base', 'ca-certificates'])
      expect(existsSync(join(doc, name, 'copyright'))).toBe(true)
  })

  test('lists npm packages, Node and Debian packages in its bill of materials', () => {
    const { components } = JSON.parse(readFileSync(join(dist, 'image/latchkey-amd64.sbom.cdx.json'), 'utf8')) as {
      readonly components: readonly { readonly name: string; readonly version: string }[]
    }
    const names = components.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['fastify', 'pg', 'node', 'libc6', 'ca-certificates']))
    const installed = readdirSync(join(image.root, 'usr/lib/latchkey/node_modules')).filter(
      (name) => !/^[@.]/.test(name),
    )
    expect(names).toEqual(expect.arrayContaining(installed))
  })

  test('refuses to start without TLS and without LATCHKEY_PUBLISHED_ON, and names the remedies', async () => {
    const container = await runContainer(image, { volume: aVolume(image) })
    expect(await promptly(container.exited, { within: 60_000, what: 'the refused start ends' })).toMatchObject({
      code: 2,
    })
    for (const cure of ['LATCHKEY_TLS_CERT_FILE', 'https://', 'LATCHKEY_PUBLISHED_ON=loopback']) {
      expect(container.stderr()).toContain(cure)
    }
    expect(readdirSync(container.dataDir)).toEqual([])
  })

  test('starts with an empty volume, refuses a superseded token, shows the console, and continues after a restart', async () => {
    const volume = aVolume(image)
    const env = { ...PUBLISHED, LATCHKEY_PORT: String(await freePort()) }
    const first = await runContainer(image, { volume, env })
    await first.ready()
    const integration = await createIntegration(first)
    const connection = new Connection(first)
    const superseded = await connection.token(integration)
    const live = await connection.token(integration)
    expect(await connection.verify(superseded)).toMatchObject({ status: 401 })
    expect((await connection.verify(superseded)).headers['www-authenticate']).toContain('superseded')
    connection.close()
    const page = await fetch(first.adminUrl, { headers: { accept: 'text/html' } })
    expect(await page.text()).toContain('<div id="root">')
    const setUp = /http:\/\/127\.0\.0\.1:\d+\/set-up#\S+/.exec(first.stdout())?.[0] ?? ''
    expect(new URL(setUp).origin).toBe(first.adminUrl)
    expect(first.exec('/usr/bin/latchkey', 'integrations', 'list')).toMatchObject({ code: 0 })
    expect(rightsOf(first.pid())).toEqual({ user: '65532', capabilities: '0000000000000000', noNewPrivileges: '1' })
    const write = "require('node:fs').writeFileSync('/usr/lib/latchkey/changed', '')"
    expect(first.exec('/usr/bin/node', '-e', write).stderr).toContain('EROFS')
    expect(await first.stop()).toEqual({ code: 0, signal: null })

    const again = await runContainer(image, { volume, env })
    await again.ready()
    const later = new Connection(again)
    expect(await later.verify(live)).toMatchObject({ status: 200 })
    expect(await later.verify(superseded)).toMatchObject({ status: 401 })
    later.close()
  })

  test('has a health check that fails when the server does not answer', async () => {
    const container = await runContainer(image, { volume: aVolume(image), env: PUBLISHED })
    await container.ready()
    expect(container.exec('/usr/bin/latchkey', 'doctor', '--quick').stdout).toMatch(/^healthy: [^\n]+\n$/)
    process.kill(container.pid(), 'SIGSTOP')
    try {
      expect(container.exec('/usr/bin/latchkey', 'doctor', '--quick')).toMatchObject({ code: 1, stderr: '' })
    } finally {
      process.kill(container.pid(), 'SIGCONT')
    }
  })

  test('serves a mounted folder of mode 0755, with a given master key and with a master key that it makes', async () => {
    const outside = await runContainer(image, {
      volume: aVolume(image, 0o755),
      env: { ...PUBLISHED, LATCHKEY_MASTER_KEY: KEY },
    })
    await outside.ready()
    expect(readdirSync(outside.dataDir).filter((name) => /^(private|master\.key)$/.test(name))).toEqual([])
    const inside = await runContainer(image, { volume: aVolume(image, 0o755), env: PUBLISHED })
    await inside.ready()
    expect(statSync(join(inside.dataDir, 'private')).mode & 0o777).toBe(0o700)
    expect(existsSync(join(inside.dataDir, 'private/master.key'))).toBe(true)
  })

  test('serves a data folder of the checkout, and the checkout serves it again', async () => {
    const volume = aVolume(image)
    const port = String(await freePort())
    const env = { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_PORT: port }
    const checkout = await startRealServer({ dataDir: volume, env })
    const integration = await createIntegration(checkout)
    const connection = new Connection(checkout)
    const token = await connection.token(integration)
    connection.close()
    await checkout.stop()
    giveTo(image.user, volume, 0o700)
    const container = await runContainer(image, { volume, env: { ...PUBLISHED, LATCHKEY_PORT: port } })
    await container.ready()
    const inside = new Connection(container)
    expect(await inside.verify(token)).toMatchObject({ status: 200 })
    const next = await inside.token(integration)
    inside.close()
    await container.stop()
    const back = new Connection(await startRealServer({ dataDir: volume, env }))
    expect(await back.verify(next)).toMatchObject({ status: 200 })
    expect(await back.verify(token)).toMatchObject({ status: 401 })
    back.close()
  })

  test.skipIf(!has('faketime')).each(RELEASES)('upgrades a data folder of %s with its live tokens', async (release) => {
    const { dataDir, known, answers, env } = aDataFolder(release, 'stopped')
    const volume = aVolume(image)
    cpSync(dataDir, volume, { recursive: true })
    const clock = clockAt(known.at, volume)
    giveTo(image.user, volume, 0o700)
    const container = await runContainer(image, {
      volume,
      env: { ...env, LATCHKEY_DATA_DIR: '/var/lib/latchkey', ...PUBLISHED, ...clock },
    })
    await container.ready()
    expect(answers.verdicts.filter(({ status }) => status === 200)).not.toEqual([])
    const connection = new Connection(container)
    for (const [index, { token, what }] of known.tokens.entries()) {
      const { status, headers } = await connection.verify(token)
      expect({ status, reason: headers['latchkey-reason'] ?? null }, what).toEqual(answers.verdicts[index])
    }
    const client = known.clients.find(({ isEnabled, scopes }) => isEnabled && scopes.length > 0)
    const basic = toBasicCredentials(client?.clientId ?? '', new Secret(client?.secrets[0] ?? ''))
    expect(await connection.requestToken({ basic }, client?.scopes[0])).toMatchObject({ status: 200 })
    connection.close()
  })
})

/**
 * Returns variables that set the clock of a container back to `at`. Copies the library that the variables load into the
 * volume.
 */
function clockAt(at: string, volume: string): Readonly<Record<string, string>> {
  copyFileSync(FAKETIME, join(volume, 'faketime.so'))
  const start = at.replace('T', ' ').replace(/\..*/, '')
  return { LD_PRELOAD: '/var/lib/latchkey/faketime.so', FAKETIME: `@${start}`, DONT_FAKE_MONOTONIC: '1', TZ: 'UTC' }
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const MACHINES: Readonly<Record<number, string>> = { 0x3e: 'amd64', 0xb7: 'arm64' }

/** Returns the processor for which an ELF file was built. Undefined for other files. */
function machineOf(path: string): string | undefined {
  const head = readFileSync(path).subarray(0, 20)
  if (head.toString('latin1', 0, 4) !== '\u007fELF') return undefined
  return MACHINES[head.readUInt16LE(18)]
}

const indexDigest = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'layout/index.json'), 'utf8')) as { manifests: [{ digest: string }] })
    .manifests[0].digest

const blob = <Content>(folder: string, digest: string): Content =>
  JSON.parse(readFileSync(join(folder, 'layout/blobs', digest.replace(':', '/')), 'utf8')) as Content

function rightsOf(pid: number): { user?: string; capabilities?: string; noNewPrivileges?: string } {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? ''
  return { user: field('Uid'), capabilities: field('CapEff'), noNewPrivileges: field('NoNewPrivs') }
}
