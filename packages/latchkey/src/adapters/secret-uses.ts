// When each client secret was last used, as far as the disk does not know it yet.
import type { Integration } from '../domain/integration.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import { printableAgent } from '../domain/printable-agent.ts'
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

  /** These secrets got a token, whose entry in a history is durable. A later use of them still has to be written. */
  inHistory(secretIds: readonly string[], at: EpochSeconds): void {
    for (const id of secretIds) {
      const use = this.#uses.get(id)
      if (use !== undefined && use.at <= at) this.#uses.forget(id)
    }
  }

  note(use: SecretUse): void {
    // Keeps the part that is written, not the whole header of up to 16 KB.
    this.#uses.note(use.secretId, { ...use, userAgent: printableAgent(use.userAgent) })
  }

  /** The later one of what was read from the disk and what is not there yet. */
  ofSecret(secretId: string, written: LastUse | undefined): LastUse | undefined {
    const noted = this.#uses.get(secretId)
    return noted !== undefined && (written === undefined || noted.at >= written.at) ? noted : written
  }

  ofIntegration({ secrets }: Integration, written: LastUse | undefined): LastUse | undefined {
    let latest = written
    for (const { id } of secrets) {
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
    ['note_secret_use', at, address, userAgent, secretId],
    ['note_integration_use', at, address, userAgent, clientId],
  ]
}
