// Builds the executable of this checkout once for a test file.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildExecutables } from '../../scripts/release/executable.mjs'

/** Returns the path of the executable. The file is removed when the test file has ended. */
export function builtExecutable(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bin-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const [file = ''] = buildExecutables(folder, { architectures: ['x64'] })
  return join(folder, file)
}
