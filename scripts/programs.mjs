// The programs that some tests start: how to find each one, and the Debian command that installs it.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** @param {string} command */
function isOnPath(command) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false // not in this folder; the next folder may have it
    }
  })
}

function isUtilLinuxScript() {
  return spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false
}

/** Tries to mount a tmpfs, because in a container even root may not have that right. */
function canMountTmpfs() {
  if (process.getuid?.() !== 0 || !isOnPath('mount')) return false
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-mount-'))
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status !== 0) return false
    return spawnSync('umount', [folder]).status === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tries to make namespaces, because in a container even root may not have that right. */
function canMakeNamespaces() {
  if (process.getuid?.() !== 0 || !isOnPath('unshare') || !isOnPath('nsenter') || !isOnPath('setpriv')) return false
  return spawnSync('unshare', ['--mount', '--pid', '--ipc', '--uts', '--fork', 'true']).status === 0
}

const APACHE_MODULES = ['auth_openidc', 'oauth2'].map((name) => `/usr/lib/apache2/modules/mod_${name}.so`)

export const PROGRAMS = {
  curl: { isHere: () => isOnPath('curl'), install: 'apt-get install -y curl' },
  openssl: { isHere: () => isOnPath('openssl'), install: 'apt-get install -y openssl' },
  'debian-tools': {
    isHere: () =>
      process.getuid?.() === 0 && ['lintian', 'mmdebstrap', 'systemd-analyze', 'dpkg-deb', 'strace'].every(isOnPath),
    install: 'apt-get install -y lintian mmdebstrap systemd dpkg strace',
  },
  strace: { isHere: () => isOnPath('strace'), install: 'apt-get install -y strace' },
  bash: { isHere: () => isOnPath('bash'), install: 'apt-get install -y bash' },
  zsh: { isHere: () => isOnPath('zsh'), install: 'apt-get install -y zsh' },
  fish: { isHere: () => isOnPath('fish'), install: 'apt-get install -y fish' },
  chromium: { isHere: () => isOnPath('chromium'), install: 'apt-get install -y chromium' },
  caddy: { isHere: () => isOnPath('caddy'), install: 'apt-get install -y caddy' },
  haproxy: { isHere: () => isOnPath('haproxy'), install: 'apt-get install -y haproxy' },
  apache2: {
    isHere: () => isOnPath('apache2') && APACHE_MODULES.every((file) => existsSync(file)),
    install: 'apt-get install -y apache2 libapache2-mod-auth-openidc libapache2-mod-oauth2',
  },
  nginx: { isHere: () => isOnPath('nginx'), install: 'apt-get install -y nginx' },
  'valkey-server': { isHere: () => isOnPath('valkey-server'), install: 'apt-get install -y valkey-server' },
  gccgo: { isHere: () => isOnPath('gccgo'), install: 'apt-get install -y gccgo' },
  python3: { isHere: () => isOnPath('python3'), install: 'apt-get install -y python3' },
  // These packages belong to Debian's Python, so Debian's Python must be installed.
  'python3-httpx': {
    isHere: () => spawnSync('/usr/bin/python3', ['-c', 'import ensurepip, httpx, requests']).status === 0,
    install: 'apt-get install -y python3-httpx python3-requests python3-venv',
  },
  'python3-authlib': {
    isHere: () => spawnSync('/usr/bin/python3', ['-c', 'import authlib, jwt, requests']).status === 0,
    install: 'apt-get install -y python3-authlib python3-jwt python3-requests',
  },
  'postgresql-server': {
    isHere: () => globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
    install: 'apt-get install -y postgresql',
  },
  // The tests start their own server with Debian's programs, unless LATCHKEY_TEST_DATABASE_URL names a server.
  postgresql: {
    isHere: () =>
      process.env['LATCHKEY_TEST_DATABASE_URL'] !== undefined ||
      globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
    install: 'apt-get install -y postgresql',
  },
  umoci: { isHere: () => isOnPath('umoci'), install: 'apt-get install -y umoci' },
  // Runs containers in the tests: namespaces, mounts and an unprivileged user.
  unshare: {
    isHere: canMakeNamespaces,
    install: 'apt-get install -y util-linux, then run the tests as root where namespaces are allowed',
  },
  kubectl: { isHere: () => isOnPath('kubectl'), install: 'apt-get install -y kubernetes-client' },
  pgbouncer: { isHere: () => isOnPath('pgbouncer'), install: 'apt-get install -y pgbouncer' },
  faketime: { isHere: () => isOnPath('faketime'), install: 'apt-get install -y faketime' },
  // npm installs the runtimes for e2e/packages, and they exist for this platform only.
  'linux-x64': {
    isHere: () => process.platform === 'linux' && process.arch === 'x64',
    install: 'run the tests on Linux on an x64 processor',
  },
  // Runs a program on a terminal. The `script` of other systems has other options.
  script: { isHere: isUtilLinuxScript, install: 'apt-get install -y bsdutils' },
  'mount-tmpfs': {
    isHere: canMountTmpfs,
    install: 'apt-get install -y mount, then run the tests as root where mounting is allowed',
  },
}

/** @typedef {keyof typeof PROGRAMS} Program */

/** @type {Map<Program, boolean>} */
const known = new Map()

/**
 * Returns true if a program is installed, for `test.skipIf(!has('strace'))`. The list of suites at the end of `npm
 * test` is made by reading these calls in the test files, so the name must be a plain literal in the test file itself.
 * @param {Program} program
 * @returns {boolean}
 */
export function has(program) {
  const answer = known.get(program) ?? PROGRAMS[program].isHere()
  known.set(program, answer)
  return answer
}
