// Limits the introspections for one client, so that a leaked signing key cannot cause a flood.
import { GuardError } from './guard-error.ts'
import { RecentMap } from './recent-map.ts'

const MOST_IN_A_WINDOW = 20
const WINDOW_MS = 1000
const CLIENTS = 10_000

export class QuestionBudget {
  readonly #windows = new RecentMap<string, { readonly began: number; spent: number }>(CLIENTS)

  /** Throws `TOO_MANY_QUESTIONS` if the client's budget is used up. */
  spend(clientId: string): void {
    const now = performance.now()
    let window = this.#windows.get(clientId)
    if (window === undefined || now - window.began >= WINDOW_MS) {
      window = { began: now, spent: 0 }
      this.#windows.set(clientId, window)
    }
    if (++window.spent > MOST_IN_A_WINDOW) {
      throw new GuardError('TOO_MANY_QUESTIONS', 'too many new tokens of one client had to be confirmed')
    }
  }
}
