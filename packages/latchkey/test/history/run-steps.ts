// Runs a list of steps of a simulation, and returns what the clients saw.
import type { IssueMode } from '../../src/domain/issue-mode.ts'
import type { Operation } from './history.ts'
import { type Build, Simulation, turn } from './simulation.ts'

export type Step = (simulation: Simulation) => void | Promise<void>

/** The name of the step for the report of a failed test. */
export const named = (name: string, step: Step): Step => Object.assign(step, { toString: () => name })

export async function run(steps: readonly Step[], mode: IssueMode, build: Build): Promise<readonly Operation[]> {
  const simulation = await Simulation.start(mode, build)
  for (const [index, next] of steps.entries()) {
    await next(simulation)
    // Code that does not wait for the disk may or may not run before the next step.
    if (index % 2 === 0) await turn()
  }
  // At the end, checks every token that a request received once more.
  for (let i = 0; i < 8; i++) {
    simulation.sync()
    await turn()
  }
  for (let i = 0; i < simulation.tokens.length; i++) simulation.check(i)
  for (let i = 0; i < 4; i++) await turn()
  return simulation.recorder.operations
}
