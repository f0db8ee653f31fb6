// The last uses of secrets and other credentials that the server has not yet written to the store.
import { kindOfCredential } from '../domain/credential.ts'
import type { Integration } from '../domain/integration.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import { printableText } from '../domain/printable-text.ts'
import type { LastUse } from '../ports/integrations.ts'
import type { SecretUse } from '../ports/secrets.ts'
import type { Write } from '../rows/disk.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { UnwrittenUses } from './unwritten-uses.ts'

export class SecretUses {
  readonly #uses: UnwrittenUses<SecretUse>

  constructor(queue: CommitQueue, flushMilliseconds: number) {
    this.#uses = new UnwrittenUses(queue, writesOf, () => undefined, flushMilliseconds)
  }

  /**
   * Removes the uses up to the time `at`, because the store now has them in an issuance history. A later use must still
   * be written.
   */
  inHistory(secretIds: readonly string[], at: EpochSeconds): void {
    for (const id of secretIds) {
      const use = this.#uses.get(id)
      if (use !== undefined && use.at <= at) this.#uses.forget(id)
    }
  }

  note(use: SecretUse): void {
    // Keeps only the part of the user agent that is stored, because the whole header may have 16 KB.
    this.#uses.note(use.secretId, { ...use, userAgent: printableText(use.userAgent) })
  }

  /** Returns the later use: `written`, which was read from the store, or the use that is not written yet. */
  ofSecret(secretId: string, written: LastUse | undefined): LastUse | undefined {
    const noted = this.#uses.get(secretId)
    return noted !== undefined && (written === undefined || noted.at >= written.at) ? noted : written
  }

  ofIntegration({ secrets, credentials }: Integration, written: LastUse | undefined): LastUse | undefined {
    let latest = written
    for (const { id } of [...secrets, ...credentials]) {
      const use = this.#uses.get(id)
      if (use !== undefined && (latest === undefined || use.at >= latest.at)) latest = use
    }
    return latest
  }

  flush(): Promise<void> {
    return this.#uses.flush()
  }
}

function writesOf({ clientId, secretId, at, address, userAgent }: SecretUse): readonly Write[] {
  return [
    [
      kindOfCredential(secretId) === 'secret' ? 'note_secret_use' : 'note_credential_use',
      at,
      address,
      userAgent,
      secretId,
    ],
    ['note_integration_use', at, address, userAgent, clientId],
  ]
}
