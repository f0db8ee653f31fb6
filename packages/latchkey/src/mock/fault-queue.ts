// The faults that a test has planned, in the order in which it planned them.
import type { Fault, Faults, FaultyEndpoint, PlannedFault } from '../ports/mock-controls.ts'

export class FaultQueue implements Faults {
  #planned: readonly PlannedFault[] = []

  planned(): readonly PlannedFault[] {
    return this.#planned
  }

  plan(fault: PlannedFault): void {
    this.#planned = [...this.#planned, fault]
  }

  clear(): void {
    this.#planned = []
  }

  take(endpoint: FaultyEndpoint): Fault | undefined {
    const next = this.#planned.find((fault) => fault.endpoint === endpoint)
    if (next === undefined) return undefined
    this.#planned = this.#planned
      .map((fault) => (fault === next ? { ...fault, times: fault.times - 1 } : fault))
      .filter(({ times }) => times > 0)
    return next
  }
}
