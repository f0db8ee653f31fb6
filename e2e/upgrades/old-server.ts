// Runs a server of a past version in a separate process. Latchkey's code comes from a bundle of that version, and
// third-party packages come from this checkout.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { aFolder } from '../../packages/latchkey/test/a-folder.ts'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'

const BUNDLES = join(import.meta.dirname, 'servers')
const CHECKOUT = join(import.meta.dirname, '../..')

export interface OldServer {
  /** The address at which the test reaches the endpoints of the server's issuer. */
  readonly issuer: string
  readonly adminUrl: string
  /** Returns the status of `/readyz`. */
  readiness(): Promise<number>
}

/**
 * Starts a server. Resolves once it is ready; it ends with the running test. `version` is a folder of `servers`. `env`
 * holds the settings of the server.
 */
export async function anOldServer(version: string, env: Readonly<Record<string, string>>): Promise<OldServer> {
  const [port, adminPort] = [String(await freePort()), String(await freePort())]
  const server = {
    issuer: `http://127.0.0.1:${port}/oauth2/${env['LATCHKEY_AUTH_SERVER_ID'] ?? ''}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
  }
  const now = String(Math.floor(Date.now() / 1000))
  const child = spawn(process.execPath, [join(unpacked(version), 'server.js'), now], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', LATCHKEY_PORT: port, LATCHKEY_ADMIN_PORT: adminPort, ...env },
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const said: string[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const readiness = async (): Promise<number> => (await fetch(`${server.adminUrl}/readyz`)).status
  await eventually(
    async () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${said.join('')}`)
      return (await readiness().catch(() => 0)) === 200
    },
    { within: 60_000, what: 'the old server is ready' },
  )
  return { ...server, readiness }
}

/** Unpacks the bundle into a folder in which it finds its version and the packages. Returns the folder. */
function unpacked(version: string): string {
  const root = aFolder({ 'package.json': JSON.stringify({ version: version.split('-')[0], type: 'module' }) })
  const folder = join(root, 'bundle')
  mkdirSync(folder)
  for (const file of readdirSync(join(BUNDLES, version))) {
    writeFileSync(join(folder, basename(file, '.br')), brotliDecompressSync(readFileSync(join(BUNDLES, version, file))))
  }
  symlinkSync(join(CHECKOUT, 'packages/latchkey/node_modules'), join(folder, 'node_modules'))
  symlinkSync(join(CHECKOUT, 'node_modules'), join(root, 'node_modules'))
  return folder
}
