// The executable of this tree, built once for a test file.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildExecutables } from '../../scripts/release/executable.mjs'

/** Returns its path. Removed when the test file has ended. */
export function builtExecutable(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bin-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const [file = ''] = buildExecutables(folder, { architectures: ['x64'] })
  return join(folder, file)
}
