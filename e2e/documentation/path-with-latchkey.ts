// Puts the command `latchkey` of this checkout on the PATH, as an installation does.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aTemporaryFolder } from '../real-server.ts'
import { ROOT } from './page.ts'

/**
 * Returns the PATH for the environment of a shell. The folder that holds the command is removed after the running test.
 */
export function pathWithLatchkey(): { readonly PATH: string } {
  const folder = join(aTemporaryFolder(), 'bin')
  mkdirSync(folder)
  const command = join(folder, 'latchkey')
  const program = join(ROOT, 'packages/latchkey/bin/latchkey.js')
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(command, 0o755)
  return { PATH: `${folder}:${process.env['PATH'] ?? ''}` }
}
