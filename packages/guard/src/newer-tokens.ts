// Handles tokens that are newer than the table. They end the older tokens of their slot until the feed confirms or
// refutes them.
import type { FollowedTable } from './followed-table.ts'
import type { Moment } from './moment.ts'
import type { SignedToken } from './signed-tokens.ts'

interface Mark {
  /**
   * All tokens of the slot below this generation have ended. A newer token was presented, and the server sends a token
   * only after it has committed it.
   */
  readonly generation: number
  /** Milliseconds on the monotonic clock. */
  readonly seenAt: number
}

interface Waiting {
  readonly signed: SignedToken
  readonly generation: number
  readonly done: () => void
}

export class NewerTokens {
  readonly #marks = new Map<string, Mark>()
  readonly #waiting = new Set<Waiting>()

  /** Notes a token with a valid signature that is not in the table yet. */
  mark(signed: SignedToken): void {
    const name = slotNameOf(signed)
    const { generation } = signed.claims
    const known = this.#marks.get(name)
    if (known === undefined || generation > known.generation) {
      this.#marks.set(name, { generation, seenAt: performance.now() })
    }
  }

  /** Returns the newest generation seen in the token's slot that is not in the table yet, or 0. */
  newestSeen(signed: SignedToken): number {
    return this.#marks.size === 0 ? 0 : (this.#marks.get(slotNameOf(signed))?.generation ?? 0)
  }

  /** Drops the mark of a token that was not confirmed. */
  unmark(signed: SignedToken): void {
    const name = slotNameOf(signed)
    if (this.#marks.get(name)?.generation === signed.claims.generation) this.#marks.delete(name)
  }

  /**
   * Drops the marks that are older than a certificate (the statement of the server that the table is complete up to a
   * moment). The certified table includes every token that was issued before it, so the table has the marked token,
   * unless the token was forged.
   */
  onCertificate({ monotonic }: Moment): void {
    for (const [name, { seenAt }] of this.#marks) if (seenAt < monotonic) this.#marks.delete(name)
  }

  onRows(followed: FollowedTable): void {
    for (const { signed, generation, done } of this.#waiting) {
      const slot = followed.slotOf(signed)
      if (slot !== -1 && followed.table.generation(slot) >= generation) done()
    }
  }

  /**
   * Resolves when the feed has brought the token's slot to this generation, or after the given number of
   * milliseconds.
   */
  wait(signed: SignedToken, generation: number, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(waiting)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      const waiting: Waiting = { signed, generation, done }
      this.#waiting.add(waiting)
    })
  }
}

const slotNameOf = ({ claims }: SignedToken): string => `${claims.clientId} ${claims.scope}`
