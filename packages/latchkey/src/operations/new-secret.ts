// Generates a client secret for an integration, or imports an existing secret by its SHA-256.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { ClientSecret, SecretOrigin } from '../domain/client-secret.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import { identifier } from './identifier.ts'

export interface NewSecretPorts {
  readonly vault: SecretVault
  readonly clock: Clock
  readonly random: Random
  /**
   * `operators`: the store gets an encrypted copy of each generated secret, so that operators can reveal it. `never`:
   * the store gets no copy.
   */
  readonly secretReveal: 'operators' | 'never'
}

export interface SecretRequest {
  /**
   * `sha256:` and the 64 hexadecimal digits of the SHA-256 of an existing secret. If undefined, the server generates a
   * secret.
   */
  readonly imported: string | undefined
  /** The first second in which the server rejects the secret. Undefined if the secret has no end. */
  readonly endsAt: EpochSeconds | undefined
}

export interface NewSecret {
  readonly secret: ClientSecret
  /** The encrypted copy of the secret. Null if the store gets no copy. */
  readonly sealed: Uint8Array | null
  readonly origin: SecretOrigin
  /** The text of the secret. Undefined for an imported secret, whose text the server does not have. */
  readonly text: Secret | undefined
}

export type SecretRequestRefusal = { readonly reason: 'imported_secret_unusable' | 'secret_end_unusable' }

const TEN_YEARS = 10 * 366 * 86_400

export function newSecret(
  { vault, clock, random, secretReveal }: NewSecretPorts,
  { imported, endsAt }: SecretRequest,
): Result<NewSecret, SecretRequestRefusal> {
  const now = clock.now()
  if (endsAt !== undefined && (endsAt <= now || endsAt > now + TEN_YEARS))
    return refuse({ reason: 'secret_end_unusable' })
  const id = `sec_${identifier(random, now)}`
  if (imported !== undefined) {
    const sha256 = /^sha256:([0-9a-f]{64})$/i.exec(imported)?.[1]
    if (sha256 === undefined) return refuse({ reason: 'imported_secret_unusable' })
    const secret = { id, hash: vault.hashOfImported(sha256), endsAt }
    return accept({ secret, sealed: null, origin: 'imported', text: undefined })
  }
  const { secret: text, hash } = vault.generate()
  const sealed = secretReveal === 'never' ? null : vault.seal(id, text)
  return accept({ secret: { id, hash, endsAt }, sealed, origin: 'generated', text })
}
