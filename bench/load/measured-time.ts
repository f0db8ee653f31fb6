// The measured part of a round: its duration, its answers, and the processor time of server and load generator.
import { Samples } from '../statistics.ts'
import { cpuSecondsOf, familyCpuSeconds, machineCpuSeconds, ownCpuSeconds } from './cpu-time.ts'
import type { LastAnswer, LoadTarget, Round } from './job.ts'

export class MeasuredTime {
  readonly #pid: number
  readonly #database: number | undefined
  readonly #samples = new Samples()
  readonly #beganAt = performance.now()
  readonly #serverCpu: number
  readonly #databaseCpu: number
  readonly #ownCpu: number
  readonly #machineCpu: number

  constructor({ pid, database }: LoadTarget) {
    this.#pid = pid
    this.#database = database
    this.#serverCpu = cpuSecondsOf(pid)
    this.#databaseCpu = this.#databaseSeconds()
    this.#ownCpu = ownCpuSeconds()
    this.#machineCpu = machineCpuSeconds()
  }

  answered(milliseconds: number): void {
    this.#samples.add(milliseconds)
  }

  end(): Omit<Round, 'last'> {
    const seconds = (performance.now() - this.#beganAt) / 1000
    const serverCpuSeconds = cpuSecondsOf(this.#pid) - this.#serverCpu
    const loadCpuSeconds = ownCpuSeconds() - this.#ownCpu
    const databaseCpuSeconds = this.#databaseSeconds() - this.#databaseCpu
    const known = serverCpuSeconds + loadCpuSeconds + databaseCpuSeconds
    const otherCpuSeconds = machineCpuSeconds() - this.#machineCpu - known
    const [p50 = 0, p99 = 0, p999 = 0] = this.#samples.percentiles(0.5, 0.99, 0.999)
    const { count: answers } = this.#samples
    const cpu = { serverCpuSeconds, loadCpuSeconds, databaseCpuSeconds, otherCpuSeconds }
    return { seconds, answers, p50, p99, p999, ...cpu }
  }

  #databaseSeconds(): number {
    return this.#database === undefined ? 0 : familyCpuSeconds(this.#database)
  }
}

export const withLast = (measured: Omit<Round, 'last'>, last: readonly LastAnswer[]): Round => ({ ...measured, last })
