// The files of the image: libraries, Node and the server. There is no shell and no program besides Node.
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {import('./tar-file.mjs').TarEntry} TarEntry */
/** @typedef {import('./debian-libraries.mjs').Architecture} Architecture */
/** @typedef {import('./debian-libraries.mjs').DebianPackage} DebianPackage */

/** The ID of the server's user. Other images without a shell use it too. */
export const USER = 65532

export const DATA_FOLDER = '/var/lib/latchkey'

const PLATFORMS = {
  amd64: {
    libraries: 'usr/lib/x86_64-linux-gnu',
    loader: { path: 'usr/lib64/ld-linux-x86-64.so.2', target: '../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2' },
  },
  arm64: {
    libraries: 'usr/lib/aarch64-linux-gnu',
    loader: { path: 'usr/lib/ld-linux-aarch64.so.1', target: 'aarch64-linux-gnu/ld-linux-aarch64.so.1' },
  },
}

/** The files of each Debian package that the programs of the image load. */
const LOADED = /^(?:ld-linux-.*|lib(?:atomic|c|dl|gcc_s|m|nss_dns|nss_files|pthread|resolv|rt|stdc\+\+)\.so\.[\d.]+)$/

const LICENCE = /^usr\/share\/doc\/[^/]+\/copyright$/

/**
 * @param {Architecture} architecture
 * @param {readonly DebianPackage[]} packages
 * @returns {TarEntry[]}
 */
export function baseFiles(architecture, packages) {
  const { libraries, loader } = PLATFORMS[architecture]
  const found = packages.flatMap((debian) => [
    ...filesBelow(join(debian.folder, libraries), libraries)
      .filter(({ path }) => LOADED.test(nameOf(path)))
      // The dynamic loader must be executable, because the kernel starts it.
      .map((entry) => (nameOf(entry.path).startsWith('ld-') ? { ...entry, mode: 0o755 } : entry)),
    ...filesBelow(join(debian.folder, 'usr/share/doc'), 'usr/share/doc').filter(({ path }) => LICENCE.test(path)),
  ])
  const people = `root:x:0:0:root:/:/nonexistent\nlatchkey:x:${USER}:${USER}:Latchkey:${DATA_FOLDER}:/nonexistent\n`
  return withFolders([
    ...found,
    { kind: 'link', mode: 0o777, ...loader },
    { path: 'lib', kind: 'link', mode: 0o777, target: 'usr/lib' },
    { path: 'lib64', kind: 'link', mode: 0o777, target: architecture === 'amd64' ? 'usr/lib64' : 'usr/lib' },
    text('etc/passwd', people),
    text('etc/group', `root:x:0:\nlatchkey:x:${USER}:\n`),
    text('etc/nsswitch.conf', 'hosts: files dns\n'),
    text('etc/ssl/certs/ca-certificates.crt', certificatesOf(packages)),
    // The mount points that a container runtime needs. On a read-only root it cannot make them.
    ...['dev', 'proc', 'sys'].map((path) => /** @type {const} */ ({ path, kind: 'folder', mode: 0o755 })),
    { path: 'tmp', kind: 'folder', mode: 0o1777 },
    { path: DATA_FOLDER.slice(1), kind: 'folder', mode: 0o700, owner: USER },
  ])
}

/** @param {string} folder the unpacked package of Node @returns {TarEntry[]} */
export const nodeFiles = (folder) =>
  withFolders([
    file(join(folder, 'bin/node'), 'usr/bin/node', 0o755),
    file(join(folder, 'LICENSE'), 'usr/share/doc/nodejs/LICENSE', 0o644),
  ])

/**
 * @param {string} folder the installed server
 * @param {string} notices the licences of everything that npm brings
 * @returns {TarEntry[]}
 */
export function serverFiles(folder, notices) {
  const installed = filesBelow(folder, 'usr/lib/latchkey').filter(({ path }) => !path.includes('/.bin/'))
  const program = installed.find(({ path }) => path === 'usr/lib/latchkey/bin/latchkey.js')
  if (program?.kind !== 'file') throw new Error('The packed server has no bin/latchkey.js.')
  // The first line of the program names env(1), which the image does not have.
  program.content = Buffer.from(program.content.toString().replace(/^#!.*\n/, '#!/usr/bin/node\n'))
  program.mode = 0o755
  return withFolders([
    ...installed,
    { path: 'usr/bin/latchkey', kind: 'link', mode: 0o777, target: '../lib/latchkey/bin/latchkey.js' },
    text('usr/share/doc/latchkey/NOTICES', notices),
  ])
}

/** @param {readonly DebianPackage[]} packages @returns {string} */
function certificatesOf(packages) {
  const folder = packages.find(({ name }) => name === 'ca-certificates')?.folder ?? ''
  return filesBelow(join(folder, 'usr/share/ca-certificates'), '')
    .filter(({ path }) => path.endsWith('.crt'))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))
    .map((entry) => (entry.kind === 'file' ? entry.content.toString() : ''))
    .join('')
}

/**
 * Returns files and links, without folders. The modes do not depend on the umask of this process.
 * @param {string} folder @param {string} as @returns {TarEntry[]}
 */
function filesBelow(folder, as) {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !lstatSync(join(folder, name)).isDirectory())
    .map((name) => fileOrLink(join(folder, name), `${as}/${name}`))
}

/** @param {string} from @param {string} path @returns {TarEntry} */
const fileOrLink = (from, path) =>
  lstatSync(from).isSymbolicLink()
    ? { path, kind: 'link', mode: 0o777, target: readlinkSync(from) }
    : file(from, path, 0o644)

/** @param {string} from @param {string} path @param {number} mode @returns {TarEntry & { kind: 'file' }} */
const file = (from, path, mode) => ({ path, kind: 'file', mode, content: readFileSync(from) })

/** @param {string} path @param {string} content @returns {TarEntry} */
const text = (path, content) => ({ path, kind: 'file', mode: 0o644, content: Buffer.from(content) })

/** @param {string} path */
const nameOf = (path) => path.slice(path.lastIndexOf('/') + 1)

/** Adds an entry for each folder above the entries. @param {TarEntry[]} entries @returns {TarEntry[]} */
function withFolders(entries) {
  const known = new Set(entries.map(({ path }) => path))
  const folders = new Set(
    entries.flatMap(({ path }) => {
      const parts = path.split('/').slice(0, -1)
      return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
    }),
  )
  const missing = [...folders].filter((path) => !known.has(path))
  return [...missing.map((path) => /** @type {const} */ ({ path, kind: 'folder', mode: 0o755 })), ...entries]
}
