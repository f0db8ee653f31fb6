// latchkey secrets rotate: makes a new secret, and says when the old secret ends.
import type { Command } from 'commander'
import type { RotatedSecret, SecretRotation } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { destructive, idempotencyKey, INTEGRATION_ARGUMENT, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { durationOrNow, pointOfTime, spoken } from '../durations.ts'
import { showFacts, showJson } from '../show.ts'
import { printable, type Terminal } from '../terminal.ts'
import { readImportedSecret } from './create-integration.ts'

interface RotateOptions extends Options {
  readonly overlap?: number
  readonly expires?: string
  readonly revokeTokens?: true
  readonly importedSecretFile?: string
  readonly end?: string
  readonly idempotencyKey?: string
}

const DEFAULT_OVERLAP_SECONDS = 86_400

export function addRotateSecret(secrets: Command, terminal: Terminal): void {
  const text = {
    does: 'make a new secret; the old one stays valid for the overlap',
    examples: [
      'latchkey secrets rotate lk0123456789abcd',
      'latchkey secrets rotate lk0123456789abcd --overlap 7d --expires 90d --json',
      'latchkey secrets rotate lk0123456789abcd --overlap now --revoke-tokens --yes   # after a leak',
    ],
  }
  destructive(secrets, 'rotate', text)
    .argument(...INTEGRATION_ARGUMENT)
    .option(
      '--overlap <span>',
      'how long the old secret stays valid: now, 1h, 24h (unless given), 7d, at most 30d',
      durationOrNow,
    )
    .option('--expires <when>', 'the end of the new secret: a time, or a duration from now such as 90d', pointOfTime)
    .option('--end <id>', 'if two secrets are valid, also end this one now (sec_…)')
    .option('--revoke-tokens', 'also end the live tokens, which otherwise stay live')
    .option(
      '--imported-secret-file <file>',
      'the file with the hash of an existing secret (sha256:…); - is standard input',
    )
    .option(
      '--idempotency-key <key>',
      'a repeated request with the same key shows the result of the first request',
      idempotencyKey,
    )
    .action((which: string, options: RotateOptions) => rotateSecret(which, options, terminal))
}

async function rotateSecret(which: string, options: RotateOptions, terminal: Terminal): Promise<void> {
  const { overlap, expires, revokeTokens, importedSecretFile, end, idempotencyKey: key, json } = options
  const path = at`/integrations/${which}/rotate-secret`
  const server = adminClient(terminal.env)
  const body: SecretRotation = {
    ...(overlap !== undefined && { overlap_seconds: overlap }),
    ...(expires !== undefined && { expires_at: expires }),
    ...(end !== undefined && { end_secret: end }),
    ...(revokeTokens === true && { revoke_tokens: true }),
    ...(importedSecretFile !== undefined && {
      imported_secret: await readImportedSecret(terminal, importedSecretFile),
    }),
  }
  const secrets = overlap === 0 ? ['its secrets'] : end === undefined ? [] : [`the secret ${printable(end)}`]
  const ends = [...secrets, ...(revokeTokens === true ? ['its live tokens'] : [])]
  if (ends.length > 0)
    await confirm(terminal, options, `This ends ${ends.join(' and ')} now: programs that use them fail at once.`)
  const rotated = await server.post<RotatedSecret, SecretRotation>(path, body, key)
  if (json === true) {
    showJson(terminal, rotated)
    return
  }
  showFacts(terminal, [
    ...(rotated.client_secret === undefined ? [] : [['Client secret', rotated.client_secret] as const]),
    ['ID', rotated.id],
  ])
  terminal.remark(remarkOn(rotated, overlap ?? DEFAULT_OVERLAP_SECONDS))
}

function remarkOn({ client_secret }: RotatedSecret, overlap: number): string {
  const before = overlap === 0 ? 'The old secret has ended.' : `The old secret still works for ${spoken(overlap)}.`
  if (client_secret !== undefined) return `\nStore the new client secret now. ${before}`
  return `\nThe new secret is not shown: it was imported, or made by an earlier request with this idempotency key. ${before}`
}
