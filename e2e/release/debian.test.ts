// The Debian package: lintian and the systemd units, and its installation, upgrade, removal and purge in a fresh root
// file system.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { buildDebianPackage } from '../../scripts/release/debian.mjs'
import { buildExecutables } from '../../scripts/release/executable.mjs'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { PREDICT } from '../integrations.ts'
import { aTemporaryFolder } from '../real-server.ts'

const UNITS = ['latchkey.service', 'latchkey-gateway.service', 'latchkey-agent@.service']
const DEPLOYED = join(import.meta.dirname, '../../deploy/systemd')

const run = (command: string, args: readonly string[], options: { readonly cwd?: string } = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...{ ...options, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
  })
  return { status, output: `${stdout}${stderr}` }
}

describe.skipIf(!has('debian-tools'))('the Debian package', () => {
  let [dist, root, file, older] = ['', '', '', '']
  beforeAll(() => {
    dist = mkdtempSync(join(tmpdir(), 'latchkey-debian-'))
    process.once('exit', () => {
      rmSync(dist, { recursive: true, force: true })
    })
    buildExecutables(dist, { architectures: ['x64'] })
    const [current = ''] = buildDebianPackage(dist, { compression: 'none' })
    const [before = ''] = buildDebianPackage(dist, { compression: 'none', version: '0.0.1' })
    ;[file, older] = [join(dist, current), join(dist, before)]
    root = join(dist, 'root')
    // The dependencies of the package are installed already, so that dpkg can install it without apt.
    const made = run('mmdebstrap', ['--variant=minbase', '--include=libatomic1,libstdc++6', 'trixie', root])
    if (made.status !== 0) throw new Error(made.output)
    // A user other than root starts the executable in this folder.
    chmodSync(dist, 0o755)
  })

  const inRoot = (...command: readonly string[]) => run('chroot', [root, ...command])
  const install = (path: string) => {
    writeFileSync(join(root, 'latchkey.deb'), readFileSync(path))
    return inRoot('dpkg', '--install', '/latchkey.deb')
  }

  /** Starts the installed server in the root file system. Stops it after the running test. */
  const serveInRoot = (port: string) => {
    const child = spawn('chroot', [root, 'latchkey', 'serve', '--port', port, '--admin-port', '0'], {
      env: { PATH: '/usr/bin:/usr/sbin', LATCHKEY_DATA_DIR: '/var/lib/latchkey' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const stop = async (): Promise<void> => {
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM'))
    }
    onTestFinished(stop)
    return { output: () => output, stop }
  }

  test('lintian finds no error', () => {
    // The package of this test is not compressed, because compression takes half a minute. A released package is
    // compressed.
    const uncompressed = ['control', 'data'].map((part) => `uses-no-compression-for-${part}-tarball`).join(',')
    const args = ['--fail-on', 'error', '--allow-root', '--suppress-tags', uncompressed, file]
    const { status, output } = run('lintian', args)
    expect({ status, errors: output.split('\n').filter((line) => line.startsWith('E:')) }).toEqual({
      status: 0,
      errors: [],
    })
  })

  test.each(UNITS)('systemd rates the exposure of %s at 3.0 or less', (unit) => {
    const { output } = run('systemd-analyze', ['security', '--offline=yes', '--no-pager', join(DEPLOYED, unit)])
    const [, exposure = ''] = /Overall exposure level for \S+: (\d+\.\d+)/.exec(output) ?? []
    expect(Number(exposure)).toBeGreaterThan(0)
    expect(Number(exposure)).toBeLessThanOrEqual(3)
  })

  test('the systemd unit of the server allows every system call that starting, issuing a token and stopping need', async () => {
    const folder = aTemporaryFolder()
    chmodSync(folder, 0o777)
    const trace = join(folder, 'trace')
    const data = join(folder, 'data')
    // The server runs as an ordinary user, as in the unit. As root, SQLite would also set the owners of files, with
    // further system calls.
    const command = ['-f', '-u', 'nobody', '-o', trace, join(dist, 'bin/latchkey-linux-x64'), 'serve']
    const child = spawn('strace', [...command, '--port', '0', '--admin-port', '0'], {
      env: { LATCHKEY_DATA_DIR: data, PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await requestToken(() => output)
    const pid = (JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as { pid: number }).pid
    process.kill(pid, 'SIGTERM')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
    const text = readFileSync(trace, 'utf8')
    const used = new Set([...text.matchAll(/^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)/gm)].map(([, name = '']) => name))
    expect(used.size).toBeGreaterThan(40)
    const allowed = systemCalls('@system-service')
    const refused = new Set([...systemCalls('@privileged'), ...systemCalls('@resources')])
    expect([...used].filter((name) => !allowed.has(name) || refused.has(name))).toEqual([])
  })

  test('installed in a fresh root, the package runs a server that refuses a superseded token', async () => {
    expect(install(file)).toMatchObject({ status: 0 })
    expect(inRoot('dpkg', '--verify', 'latchkey')).toEqual({ status: 0, output: '' })
    for (const path of [
      'usr/lib/systemd/system/latchkey.service',
      'usr/share/man/man1/latchkey-serve.1.gz',
      'usr/share/bash-completion/completions/latchkey',
      'usr/share/doc/latchkey/NOTICES.gz',
      'etc/latchkey/latchkey.env',
    ]) {
      expect(existsSync(join(root, path)), path).toBe(true)
    }
    const { output } = serveInRoot('0')
    const { endpoint, token: first } = await requestToken(output)
    const verify = () => verdictOf(endpoint, first)
    expect((await verify()).status).toBe(200)
    await requestToken(output)
    const refused = await verify()
    expect([refused.status, refused.headers.get('latchkey-reason')]).toEqual([401, 'superseded'])
  })

  test('an upgrade of the package keeps the live token', async () => {
    inRoot('dpkg', '--purge', 'latchkey')
    expect(install(older)).toMatchObject({ status: 0 })
    const port = String(await freePort())
    const before = serveInRoot(port)
    const { endpoint, token } = await requestToken(before.output)
    await before.stop()
    expect(install(file)).toMatchObject({ status: 0 })
    const after = serveInRoot(port)
    await eventually(() => after.output().includes('Token endpoint') || undefined, {
      ...{ within: 60_000, what: 'the upgraded server is ready' },
    })
    expect((await verdictOf(endpoint, token)).status).toBe(200)
    await after.stop()
  })

  test('other users cannot read the settings, and a pre-release sorts before its release', () => {
    expect(run('dpkg-deb', ['--contents', file]).output).toMatch(
      /^-rw------- root\/root .*etc\/latchkey\/latchkey\.env$/m,
    )
    const [candidate = ''] = buildDebianPackage(dist, { compression: 'none', version: '9.0.0-rc.1' })
    const { output } = run('dpkg-deb', ['--field', join(dist, candidate), 'Version'])
    expect(run('dpkg', ['--compare-versions', output.trim(), 'lt', '9.0.0'])).toMatchObject({ status: 0 })
  })

  test('an upgrade keeps the changed configuration and the data, a removal keeps both, and a purge removes them', () => {
    inRoot('dpkg', '--purge', 'latchkey')
    expect(install(older)).toMatchObject({ status: 0 })
    const settings = join(root, 'etc/latchkey/latchkey.env')
    writeFileSync(settings, 'LATCHKEY_PORT=9000\n')
    expect(inRoot('mkdir', '-p', '/var/lib/latchkey').status).toBe(0)
    expect(install(file)).toMatchObject({ status: 0 })
    expect(inRoot('dpkg-query', '--show', 'latchkey').output).toMatch(/^latchkey\t(?!0\.0\.1)\S+\n$/)
    expect(readFileSync(settings, 'utf8')).toBe('LATCHKEY_PORT=9000\n')
    expect(inRoot('dpkg', '--remove', 'latchkey')).toMatchObject({ status: 0 })
    expect([existsSync(settings), existsSync(join(root, 'var/lib/latchkey'))]).toEqual([true, true])
    expect(inRoot('dpkg', '--purge', 'latchkey')).toMatchObject({ status: 0 })
    const left = run('find', [root, '-xdev', '-path', '*latchkey*', '-not', '-path', `${root}/latchkey.deb`])
    expect(left.output.split('\n').filter((path) => path.slice(root.length).includes('latchkey'))).toEqual([])
  })
})

/** Reads the credentials that the first start printed, and requests a token with them. */
async function requestToken(output: () => string): Promise<{ readonly endpoint: string; readonly token: string }> {
  const read = (pattern: RegExp): Promise<string> =>
    eventually(() => pattern.exec(output())?.[1], { within: 60_000, what: `the server prints ${String(pattern)}` })
  const endpoint = await read(/Token endpoint +(\S+)/)
  const credentials = `${await read(/CLIENT_ID='(\S+)'/)}:${await read(/CLIENT_SECRET='(\S+)'/)}`
  const response = await fetch(`${endpoint}?scope=${PREDICT}&grant_type=client_credentials`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  })
  return { endpoint, token: ((await response.json()) as { access_token: string }).access_token }
}

const verdictOf = (endpoint: string, token: string): Promise<Response> =>
  fetch(`${endpoint.replace(/token$/, 'verify')}?scope=${PREDICT}`, { headers: { authorization: `Bearer ${token}` } })

/** The system calls of a systemd set, including those of nested sets. */
function systemCalls(set: string): ReadonlySet<string> {
  const { output } = run('systemd-analyze', ['syscall-filter', '--no-pager', set])
  const [, ...lines] = output.split('\n').map((line) => line.trim())
  const names = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return new Set(names.flatMap((name) => (name.startsWith('@') ? [...systemCalls(name)] : [name])))
}
