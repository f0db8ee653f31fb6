// Puts the command `latchkey` of this checkout on the PATH, as an installation does.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aTemporaryFolder } from '../real-server.ts'
import { ROOT } from './page.ts'

/**
 * Returns the PATH for the environment of a shell. The folder that holds the command is removed after the running test.
 *
 * @param others shell scripts that stand for other programs, by name
 */
export function pathWithLatchkey(others: Readonly<Record<string, string>> = {}): { readonly PATH: string } {
  const folder = join(aTemporaryFolder(), 'bin')
  mkdirSync(folder)
  const program = join(ROOT, 'packages/latchkey/bin/latchkey.js')
  const scripts = { latchkey: `exec '${process.execPath}' '${program}' "$@"`, ...others }
  for (const [name, script] of Object.entries(scripts)) {
    const command = join(folder, name)
    writeFileSync(command, `#!/bin/sh\n${script}\n`)
    chmodSync(command, 0o755)
  }
  return { PATH: `${folder}:${process.env['PATH'] ?? ''}` }
}

/** Returns a script that gives its standard input to a line of JavaScript, as `input`. */
export const standIn = (line: string): string =>
  `exec '${process.execPath}' -e 'const input = require("node:fs").readFileSync(0, "utf8"); ${line}'`
