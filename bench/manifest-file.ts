// Writes a manifest that declares many integrations, with secrets as hashes, into a file for `latchkey apply`.
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { MODEL, PREDICT } from '../packages/latchkey/src/domain/reference-catalog.ts'

/**
 * The names of the integrations begin with `title`, so that files with different titles declare different integrations.
 */
export function writeManifest(path: string, title: string, count: number): void {
  const entries = Array.from({ length: count }, (_, number) =>
    [
      `  - name: ${title} ${String(number)}`,
      `    description: One of ${String(count)} that a benchmark declares`,
      `    tags: [bench, team-${String(number % 20)}]`,
      `    scopes: [${PREDICT}, ${MODEL}]`,
      // The hash of a random secret. The secret itself is not kept.
      `    secret: sha256:${randomBytes(32).toString('hex')}`,
    ].join('\n'),
  )
  writeFileSync(path, `integrations:\n${entries.join('\n')}\n`, { flush: true })
}
