// An example outside the repository: a copy of its folder in an empty temporary folder, and the commands of its README.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { type Page, readPage, ROOT } from '../documentation/page.ts'
import { pathWithLatchkey } from '../documentation/path-with-latchkey.ts'
import { aShell, type Shell } from '../documentation/shell.ts'
import { eventually } from '../eventually.ts'
import { aTemporaryFolder, type RealServer } from '../real-server.ts'

type Environment = Readonly<Record<string, string>>

export interface ExampleFolder {
  readonly path: string
  readonly readme: Page
  /** All `sh` blocks of the README, in the order of the page. */
  readonly commands: readonly string[]
  /** A terminal in the folder of the example. It has the command `latchkey` and the data folder of the server. */
  readonly terminal: Shell
  /** Changes a file of the example as the README asks. Throws if the file lacks one of the texts. */
  readonly edit: (file: string, changes: readonly (readonly [from: string, to: string])[]) => void
  /**
   * Starts a command that runs until the test ends. Resolves with the text that `ready` captures, once the output
   * contains it.
   */
  readonly start: (command: string, ready: RegExp, env?: Environment) => Promise<string>
}

/** Copies an example and files of a release, as a reader does. All copies are removed after the running test. */
export function copyExample(name: string, server: RealServer, files: readonly string[] = []): ExampleFolder {
  const path = join(aTemporaryFolder(), name)
  cpSync(join(ROOT, 'examples', name), path, { recursive: true })
  for (const file of files) cpSync(file, join(path, basename(file)))
  const readme = readPage(`examples/${name}/README.md`)
  const environment = { LATCHKEY_DATA_DIR: server.dataDir, ...pathWithLatchkey() }
  return {
    path,
    readme,
    commands: readme.blocks.filter(({ language }) => language === 'sh').map(({ text }) => text),
    terminal: aShell({ cwd: path, env: environment }),
    edit: (file, changes) => {
      let text = readFileSync(join(path, file), 'utf8')
      for (const [from, to] of changes) {
        expect(text).toContain(from)
        text = text.replaceAll(from, to)
      }
      writeFileSync(join(path, file), text)
    },
    start: (command, ready, env = {}) => started({ command, path, env: { ...environment, ...env } }, ready),
  }
}

async function started(
  { command, path, env }: { readonly command: string; readonly path: string; readonly env: Environment },
  ready: RegExp,
): Promise<string> {
  // The command has its own process group, so that the programs that it starts are ended too.
  const child = spawn('sh', ['-c', command], {
    cwd: path,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGTERM')
    await closed
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const found = await eventually(() => ready.exec(output) ?? child.exitCode ?? undefined, {
    within: 60_000,
    what: `${command} prints ${String(ready)}`,
  })
  if (typeof found === 'number') throw new Error(`${command} ended with ${found}:\n${output}`)
  return found[1] ?? found[0]
}

/** Runs the README's command that makes an integration. Returns the credentials that it prints. */
export async function integrationOf(
  { terminal }: ExampleFolder,
  command: string,
): Promise<[id: string, secret: string]> {
  const { status, stdout, stderr } = await terminal.run(command)
  expect(status, stderr).toBe(0)
  const [id = ''] = /\blk[a-z0-9]{14}\b/.exec(stdout) ?? []
  const [secret = ''] = /\blks_[\w-]{36}/.exec(stdout) ?? []
  expect([id, secret]).not.toContain('')
  return [id, secret]
}
