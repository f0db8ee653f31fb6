// Watches whether all servers on one database have the same issuer, because each server refuses the tokens of another
// issuer.
import type { Logger } from '../../log.ts'

export class IssuerWatch {
  readonly #logger: Logger
  #others: readonly string[] = []

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** The issuers of other servers on the same database that differ from the issuer of this server. */
  get others(): readonly string[] {
    return this.#others
  }

  see(others: readonly string[]): void {
    const before = this.#others
    this.#others = others
    if (others.some((issuer) => !before.includes(issuer))) {
      this.#logger.warn(
        { event: 'issuer.apart', others },
        'other servers on this database have another issuer, and each refuses the tokens of the others: give all servers the same LATCHKEY_PUBLIC_URL and LATCHKEY_AUTH_SERVER_ID',
      )
    } else if (others.length === 0 && before.length > 0) {
      this.#logger.info({ event: 'issuer.together' }, 'all servers on this database have one issuer again')
    }
  }
}
