// Whether all servers on one database have one issuer: each refuses the tokens that name another.
import type { Logger } from '../../log.ts'

export class IssuerWatch {
  readonly #logger: Logger
  #others: readonly string[] = []

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** The issuers of other servers that run on the same database, where they are not this one's. */
  get others(): readonly string[] {
    return this.#others
  }

  see(others: readonly string[]): void {
    const before = this.#others
    this.#others = others
    if (others.some((issuer) => !before.includes(issuer))) {
      this.#logger.warn(
        { event: 'issuer.apart', others },
        'other servers on this database have another issuer, and each refuses the tokens of the others: give all the same LATCHKEY_PUBLIC_URL and LATCHKEY_AUTH_SERVER_ID',
      )
    } else if (others.length === 0 && before.length > 0) {
      this.#logger.info({ event: 'issuer.together' }, 'all servers on this database have one issuer again')
    }
  }
}
