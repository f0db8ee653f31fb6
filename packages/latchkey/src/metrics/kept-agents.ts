// Keeps the User-Agent headers of the last callers, so that a repeated header is the same string.
import { printableAgent } from '../domain/printable-agent.ts'

const MOST_AGENTS = 1000

export class KeptAgents {
  readonly #agents = new Map<string, string>()

  /** Returns the kept copy of the header, which holds no memory of the request. */
  of(userAgent: string): string {
    const known = this.#agents.get(userAgent)
    if (known !== undefined) return known
    const agent = printableAgent(userAgent)
    // Callers choose the header, so the table is limited. A full table is emptied.
    if (this.#agents.size >= MOST_AGENTS) this.#agents.clear()
    // The key is the kept form as well, so that no header stays: a header in another form is converted each time.
    this.#agents.set(agent, agent)
    return agent
  }
}
