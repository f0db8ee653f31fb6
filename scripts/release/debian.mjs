// Builds the Debian package: the executable with its systemd units, manual pages and completions.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../bootstrap/root.mjs'
import { buildExecutables } from './executable.mjs'
import { manPages } from './man-pages.mjs'
import { thirdPartyNotices } from './notices.mjs'
import { versionOf } from './version.mjs'

const DEPLOY = join(root, 'deploy')

/** For each shell, the path of its completions. */
const COMPLETIONS = {
  bash: 'usr/share/bash-completion/completions/latchkey',
  zsh: 'usr/share/zsh/vendor-completions/_latchkey',
  fish: 'usr/share/fish/vendor_completions.d/latchkey.fish',
}

/**
 * Writes `deb/latchkey_VERSION_amd64.deb` below `dist`. Takes the executable from `dist/bin`, and builds it there if it is
 * missing.
 *
 * @param {string} dist an absolute path
 * @param {{ version?: string, compression?: 'xz' | 'none' }} [options] for tests: another version, and no compression,
 *   which takes most of the time
 * @returns {string[]} the file, relative to `dist`
 */
export function buildDebianPackage(dist, { version: ofRelease = versionOf(root), compression = 'xz' } = {}) {
  // In Debian a version with a tilde sorts before the version without it, so a pre-release sorts before its release
  // (deb-version(7)).
  const version = ofRelease.replace('-', '~')
  const executable = join(dist, 'bin', 'latchkey-linux-x64')
  if (!existsSync(executable)) buildExecutables(dist, { architectures: ['x64'] })
  const tree = mkdtempSync(join(tmpdir(), 'latchkey-deb-'))
  try {
    chmodSync(tree, 0o755)
    fill(tree, { executable, version })
    mkdirSync(join(dist, 'deb'), { recursive: true })
    const file = `deb/latchkey_${version}_amd64.deb`
    // File times after the commit are set to the time of the commit, so that the same commit gives the same bytes.
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(commitTime()) }
    const args = ['--root-owner-group', '--build', `-Z${compression}`, '-z2', tree, join(dist, file)]
    execFileSync('dpkg-deb', args, { env, stdio: 'pipe' })
    return [file]
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

/** The time of the commit in seconds since the epoch. */
const commitTime = () =>
  Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim())

/** @param {string} tree @param {{ executable: string, version: string }} parts */
function fill(tree, { executable, version }) {
  const date = new Date(commitTime() * 1000)
  /** @param {string} path @param {string | Buffer} content @param {number} [mode] */
  const write = (path, content, mode = 0o644) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), content, { mode })
  }
  const gzip = (/** @type {string} */ text) => gzipSync(text, { level: 9 })

  mkdirSync(join(tree, 'usr/bin'), { recursive: true })
  copyFileSync(executable, join(tree, 'usr/bin/latchkey'))
  chmodSync(join(tree, 'usr/bin/latchkey'), 0o755)
  cpSync(join(DEPLOY, 'systemd'), join(tree, 'usr/lib/systemd/system'), { recursive: true })
  // Only root may read the file, because the URL of a database contains a password. systemd reads the file as root.
  write('etc/latchkey/latchkey.env', readFileSync(join(DEPLOY, 'debian/latchkey.env')), 0o600)
  for (const [name, text] of manPages({ version, date: date.toISOString().slice(0, 10) })) {
    write(`usr/share/man/man1/${name}.gz`, gzip(text))
  }
  for (const [shell, path] of Object.entries(COMPLETIONS)) {
    write(path, execFileSync(executable, ['completion', shell], { env: {} }))
  }
  write('usr/share/doc/latchkey/copyright', COPYRIGHT)
  write('usr/share/doc/latchkey/NOTICES.gz', gzip(thirdPartyNotices()))
  const entry = `latchkey (${version}) unstable; urgency=medium\n\n  * The release ${version}, as its CHANGELOG.md tells.\n\n`
  write('usr/share/doc/latchkey/changelog.gz', gzip(`${entry} -- ${maintainer()}  ${rfc5322(date)}\n`))
  write('usr/share/lintian/overrides/latchkey', readFileSync(join(DEPLOY, 'debian/lintian-overrides')))

  const files = filesBelow(tree)
  const size = files.reduce((sum, path) => sum + statSync(join(tree, path)).size, 0)
  write(
    'DEBIAN/control',
    control()
      .replace('VERSION', version)
      .replace('SIZE', String(Math.ceil(size / 1024))),
  )
  // For `dpkg --verify`.
  write('DEBIAN/md5sums', files.map((path) => `${md5(join(tree, path))}  ${path}\n`).join(''))
  write('DEBIAN/conffiles', '/etc/latchkey/latchkey.env\n')
  for (const script of ['postinst', 'prerm', 'postrm']) {
    write(`DEBIAN/${script}`, readFileSync(join(DEPLOY, 'debian', script)), 0o755)
  }
}

const control = () => readFileSync(join(DEPLOY, 'debian/control'), 'utf8')

const maintainer = () => /^Maintainer: (.*)$/m.exec(control())?.[1] ?? ''

/** @param {Date} date */
const rfc5322 = (date) => date.toUTCString().replace('GMT', '+0000')

/** @param {string} folder @returns {string[]} paths relative to the folder */
const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()

/** @param {string} file */
const md5 = (file) => createHash('md5').update(readFileSync(file)).digest('hex')

/** The format is that of https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/. */
const COPYRIGHT = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: latchkey
Comment: The executable contains other software, whose licences are in NOTICES.gz beside this file.

Files: *
Copyright: 2026 The Latchkey contributors
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.
`
