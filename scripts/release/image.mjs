// Builds the container images without a daemon: one OCI image layout for each processor, with a bill of materials.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { unpackDebianLibraries } from './image/debian-libraries.mjs'
import { baseFiles, DATA_FOLDER, nodeFiles, serverFiles, USER } from './image/image-files.mjs'
import { imageSbom } from './image/image-sbom.mjs'
import { installServer } from './image/npm-files.mjs'
import { ociLayout } from './image/oci-layout.mjs'
import { thirdPartyNotices } from './notices.mjs'
import { packNpmPackages } from './npm-packages.mjs'
import { nodeFolder } from './tools.mjs'
import { versionOf } from './version.mjs'

const ARCHITECTURES = /** @type {const} */ (['amd64', 'arm64'])
const SECOND = 1_000_000_000

/** @typedef {(typeof ARCHITECTURES)[number]} Architecture */

/**
 * Writes the images below `dist`. The same commit gives the same bytes as long as Debian offers the pinned libraries.
 *
 * @param {string} dist an absolute path
 * @param {{ repository?: string, log: (line: string) => void }} options
 * @param {readonly Architecture[]} architectures
 * @returns {string[]} the files, relative to `dist`
 */
export function buildImages(dist, options, architectures = ARCHITECTURES) {
  mkdirSync(join(dist, 'image'), { recursive: true })
  const stage = mkdtempSync(join(tmpdir(), 'latchkey-image-'))
  try {
    const packed = join(stage, packNpmPackages(stage, options).find((name) => /^latchkey-\d/.test(name)) ?? '')
    return architectures.flatMap((architecture) => {
      const folder = join(stage, architecture)
      mkdirSync(folder)
      return buildImage({ dist, folder, packed, architecture, ...options })
    })
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

/**
 * @param {{ dist: string, folder: string, packed: string, architecture: Architecture, repository?: string,
 *   log: (line: string) => void }} options
 */
function buildImage({ dist, folder, packed, architecture, repository, log }) {
  const version = versionOf(root)
  /** @param {string} name */
  const empty = (name) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  }
  const debian = unpackDebianLibraries(empty('debian'), architecture, log)
  const nodePackage = nodeFolder(architecture === 'amd64' ? 'x64' : architecture)
  const node = JSON.parse(readFileSync(join(nodePackage, 'package.json'), 'utf8')).version
  const serverFolder = empty('server')
  installServer(serverFolder, packed, architecture)
  const created = timeOfCommit()
  const labels = labelsOf({ version, created, repository })
  const { file, digest } = ociLayout({
    architecture,
    tag: `latchkey:${version}`,
    created,
    layers: [
      { does: 'C library, certificates and user', entries: baseFiles(architecture, debian) },
      { does: `Node.js ${node}`, entries: nodeFiles(nodePackage) },
      { does: `Latchkey ${version}`, entries: serverFiles(serverFolder, thirdPartyNotices()) },
    ],
    config: { ...CONFIG, Labels: labels },
    annotations: labels,
  })
  const name = `image/latchkey-${architecture}`
  writeFileSync(join(dist, `${name}.oci.tar`), file)
  const sbom = imageSbom({ serverFolder, architecture, debian, node, version, created })
  writeFileSync(join(dist, `${name}.sbom.cdx.json`), sbom)
  log(`${name}.oci.tar is ${digest}.`)
  return [`${name}.oci.tar`, `${name}.sbom.cdx.json`]
}

/**
 * How a container is started. On addresses other than loopback the server starts only with TLS or
 * LATCHKEY_PUBLISHED_ON.
 */
const CONFIG = {
  User: `${USER}:${USER}`,
  Env: [
    'PATH=/usr/bin',
    'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
    `LATCHKEY_DATA_DIR=${DATA_FOLDER}`,
    'LATCHKEY_HOST=0.0.0.0',
    'LATCHKEY_ADMIN_HOST=0.0.0.0',
  ],
  Entrypoint: ['/usr/bin/latchkey'],
  Cmd: ['serve'],
  WorkingDir: '/',
  Volumes: { [DATA_FOLDER]: {} },
  ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} },
  StopSignal: 'SIGTERM',
  // An extension of Docker. Podman and Kubernetes ignore it.
  Healthcheck: {
    Test: ['CMD', '/usr/bin/latchkey', 'doctor', '--quick'],
    Interval: 30 * SECOND,
    Timeout: 5 * SECOND,
    StartPeriod: 30 * SECOND,
    Retries: 3,
  },
}

/** @param {{ version: string, created: string, repository: string | undefined }} facts @returns {Record<string, string>} */
const labelsOf = ({ version, created, repository }) => ({
  'org.opencontainers.image.title': 'Latchkey',
  'org.opencontainers.image.description':
    'A machine-to-machine OAuth 2.0 authorization server with at most one live access token per integration and scope',
  'org.opencontainers.image.version': version,
  'org.opencontainers.image.licenses': 'Apache-2.0',
  'org.opencontainers.image.created': created,
  'org.opencontainers.image.revision': git('rev-parse', 'HEAD'),
  ...(repository === undefined ? {} : { 'org.opencontainers.image.source': repository }),
})

/** The time of the last commit in seconds, or SOURCE_DATE_EPOCH if it is set. */
const timeOfCommit = () =>
  new Date(Number(process.env['SOURCE_DATE_EPOCH'] ?? git('log', '-1', '--format=%ct')) * 1000).toISOString()

/** @param {string[]} args */
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
