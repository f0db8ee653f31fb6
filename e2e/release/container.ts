// Runs the built image as a container runtime would: in its own namespaces, as its own user, without capabilities, and
// with a read-only root.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import type { Exit } from '../real-server.ts'

export interface UnpackedImage {
  readonly root: string
  /** The ID of the user that the image names. */
  readonly user: number
  /** The entry point and the default command of the image. */
  readonly args: readonly string[]
  readonly env: readonly string[]
}

interface BundleConfig {
  readonly process: { readonly user: { readonly uid: number }; readonly args: string[]; readonly env: string[] }
}

/** Unpacks an OCI image layout with umoci, below an empty folder. */
export function unpackImage(file: string, folder: string, tag: string): UnpackedImage {
  const layout = join(folder, 'layout')
  const bundle = join(folder, 'bundle')
  mkdirSync(layout)
  execFileSync('tar', ['-xf', file, '-C', layout])
  execFileSync('umoci', ['unpack', '--image', `${layout}:${tag}`, bundle], { stdio: 'pipe' })
  const { process } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as BundleConfig
  return { root: join(bundle, 'rootfs'), user: process.user.uid, args: process.args, env: process.env }
}

/**
 * Makes a folder for the data with the given mode, as a mounted volume would have it. The folder belongs to the user of
 * the image.
 */
export function aVolume({ user }: Pick<UnpackedImage, 'user'>, mode = 0o700): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-volume-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  giveTo(user, folder, mode)
  return folder
}

/** Gives the folder and its files to the user of the image. */
export function giveTo(user: number, folder: string, mode: number): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chownSync(join(folder, name), user, user)
  chownSync(folder, user, user)
  execFileSync('chmod', [mode.toString(8), folder])
}

export interface Container {
  /** The addresses of the public and the admin listener on this machine. */
  readonly issuer: string
  readonly adminUrl: string
  readonly dataDir: string
  stdout(): string
  stderr(): string
  readonly exited: Promise<Exit>
  /** Waits until the health check of the image succeeds. */
  ready(): Promise<void>
  /** Runs a program in the container. */
  exec(...args: readonly string[]): { readonly code: number; readonly stdout: string; readonly stderr: string }
  /** The ID of the container's first process, as seen from this machine. */
  pid(): number
  /** Sends SIGTERM, as `docker stop` does. */
  stop(): Promise<Exit>
}

export interface ContainerOptions {
  readonly volume: string
  readonly env?: Readonly<Record<string, string>>
}

// The PATH of the image does not contain `chroot`, so the path is absolute.
const CHROOT = '/usr/sbin/chroot'

// Mounts what a runtime mounts. The network is that of this machine, so that the ports are on its loopback address.
const MOUNTS = `
mount --bind "$1" "$1"
mount --bind "$2" "$1/var/lib/latchkey"
mount -t proc -o nosuid,nodev,noexec proc "$1/proc"
mount -t tmpfs -o nosuid,mode=755 tmpfs "$1/dev"
for device in null zero random urandom; do touch "$1/dev/$device"; mount --bind "/dev/$device" "$1/dev/$device"; done
mount -o remount,bind,ro "$1"
root=$1 user=$3; shift 3
exec setpriv --no-new-privs /usr/sbin/chroot --userspec="$user:$user" --groups="$user" "$root" "$@"`

/** Starts a container, which ends with the running test. */
export async function runContainer(image: UnpackedImage, { volume, env = {} }: ContainerOptions): Promise<Container> {
  const port = env['LATCHKEY_PORT'] ?? String(await freePort())
  const adminPort = String(await freePort())
  const all = { ...variables(image.env), LATCHKEY_PORT: port, LATCHKEY_ADMIN_PORT: adminPort, ...env }
  const namespaces = ['--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child=SIGKILL', '--propagation=private']
  const words = ['sh', '-ec', MOUNTS, 'sh', image.root, volume, String(image.user), ...image.args]
  const child = spawn('unshare', [...namespaces, '--', ...words], { env: all, stdio: ['ignore', 'pipe', 'pipe'] })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal })
    })
  })
  const stop = (): Promise<Exit> => {
    const pid = childOf(child)
    if (pid !== undefined) process.kill(pid, 'SIGTERM')
    return exited
  }
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await stop()
  })
  const pid = (): number => childOf(child) ?? -1
  const exec = (...args: readonly string[]): ReturnType<Container['exec']> => {
    const entered = [`--target=${String(pid())}`, '--mount', '--pid', '--ipc', '--uts']
    const asUser = [`--userspec=${String(image.user)}:${String(image.user)}`, `--groups=${String(image.user)}`]
    const command = [...entered, 'setpriv', '--no-new-privs', CHROOT, ...asUser, image.root, ...args]
    const ended = spawnSync('nsenter', command, { env: all, encoding: 'utf8' })
    return { code: ended.status ?? -1, stdout: ended.stdout, stderr: ended.stderr }
  }
  const ready = async (): Promise<void> => {
    const isReady = (): boolean => {
      if (child.exitCode !== null) throw new Error(`The container ended:\n${stdout()}\n${stderr()}`)
      return stdout().includes('is ready') && exec('/usr/bin/latchkey', 'doctor', '--quick').code === 0
    }
    await eventually(isReady, { within: 60_000, what: 'the container is healthy' })
  }
  const issuer = `http://127.0.0.1:${port}/oauth2/ausao8uveaPmyhv0v357`
  const adminUrl = `http://127.0.0.1:${adminPort}`
  return { issuer, adminUrl, dataDir: volume, stdout, stderr, exited, ready, exec, pid, stop }
}

function childOf({ pid, exitCode }: ChildProcess): number | undefined {
  if (pid === undefined || exitCode !== null) return undefined
  try {
    const [first] = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
      .trim()
      .split(' ')
    return first === undefined || first === '' ? undefined : Number(first)
  } catch {
    return undefined // the process ended at this moment
  }
}

const variables = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
