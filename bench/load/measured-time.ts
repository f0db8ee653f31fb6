// The part of a round that counts: what it took, in time, in answers, and in the processors' time of both sides.
import { Samples } from '../statistics.ts'
import { cpuSecondsOf, machineCpuSeconds, ownCpuSeconds } from './cpu-time.ts'
import type { LastAnswer, LoadTarget, Round } from './job.ts'

export class MeasuredTime {
  readonly #pid: number
  readonly #samples = new Samples()
  readonly #beganAt = performance.now()
  readonly #serverCpu: number
  readonly #ownCpu: number
  readonly #machineCpu: number

  constructor({ pid }: LoadTarget) {
    this.#pid = pid
    this.#serverCpu = cpuSecondsOf(pid)
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
    const otherCpuSeconds = machineCpuSeconds() - this.#machineCpu - serverCpuSeconds - loadCpuSeconds
    const [p50 = 0, p99 = 0, p999 = 0] = this.#samples.percentiles(0.5, 0.99, 0.999)
    return { seconds, answers: this.#samples.count, p50, p99, p999, serverCpuSeconds, loadCpuSeconds, otherCpuSeconds }
  }
}

export const withLast = (measured: Omit<Round, 'last'>, last: readonly LastAnswer[]): Round => ({ ...measured, last })
