// Installs the packed packages in an empty folder, and provides the runtimes that run them there.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packNpmPackages } from '../../scripts/release/npm-packages.mjs'
import { installOnce } from '../../scripts/release/tools.mjs'

const HERE = import.meta.dirname
const INSTALLED = join(HERE, 'node_modules')

const inFolder = (...path: readonly string[]): string => join(INSTALLED, ...path)

/** For each runtime, the command that runs a module. The path of the module follows it. */
export const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  'Node 22': [inFolder('node-22/bin/node')],
  'Node 24': [inFolder('node-24/bin/node')],
  'Node 26': [inFolder('node-26/bin/node')],
  Deno: [inFolder('@deno/linux-x64-glibc/deno'), 'run', '--allow-all', '--quiet'],
  Bun: [inFolder('@oven/bun-linux-x64/bin/bun'), 'run'],
}

/** A Node that is too old for Latchkey. */
export const OLD_NODE = inFolder('node-20/bin/node')

/** Installs the runtimes and checkers of the package.json in this folder, unless they are installed already. */
export const installRuntimes = (): string => installOnce(HERE)

/** Packs all public packages into a new folder. Returns the path of each file, by the name of its package. */
export function packAll(): Readonly<Record<'protocol' | 'credentials' | 'guard' | 'client' | 'latchkey', string>> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-packed-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const [protocol = '', credentials = '', guard = '', client = '', latchkey = ''] = packNpmPackages(folder).map(
    (name) => join(folder, name),
  )
  return { protocol, credentials, guard, client, latchkey }
}

/** Installs these files in a new folder outside the checkout, as a user would. Returns the folder. */
export function installIn(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-stranger-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  npm(folder, 'init', '-y')
  npm(folder, 'install', '--prefer-offline', ...files)
  return folder
}

/** Installs this file as `npm install --global` does. Returns the folder of the package. */
export function installGlobally(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-global-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  npm(folder, 'install', '--global', '--prefer-offline', '--prefix', folder, file)
  return join(folder, 'lib/node_modules/latchkey')
}

function npm(folder: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', [...args, '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}:\n${stderr}`)
}

const run = promisify(execFile)

/** Runs a program until it ends. Returns its standard output. Throws if the program fails. */
export async function outputOf(
  [program = '', ...args]: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...options.env }
  const { stdout } = await run(program, args, { ...options, env, timeout: 120_000 })
  return stdout
}
