// Measures a listener under attack: its memory, and the latency of an honest request on another connection.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startJobProcess } from '../jobs.ts'
import { Connection } from '../load/connection.ts'
import type { AttackJob } from '../programs/attacker.ts'
import { Samples } from '../statistics.ts'
import type { Attack } from './attack-names.ts'
import type { AttackedListener } from './listeners.ts'

/** If the process uses this many bytes, the attack is ended. It is the spare memory of a test machine. */
const MOST_MEMORY = 4 * 1024 ** 3
/** The longest wait for an answer. A slower answer counts as missing. */
const LONGEST_ANSWER_MS = 20_000
const INTERVAL_MS = 10
const WARM_UP_MS = 1500

export interface Measured {
  /** Bytes of resident memory. */
  readonly before: number
  readonly peak: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Honest requests whose connection broke, or that had no answer after 20 s. Each counts with a latency of 20 s. */
  readonly failed: number
  /** `died` if the process ended. `memory` if the attack was ended because the process used too much memory. */
  readonly outcome: 'held' | 'memory' | 'died'
}

export async function measure(listener: AttackedListener, attack: Attack, seconds: number): Promise<Measured> {
  // The honest client warms up before the attack, so that compiling and connecting are not measured.
  const warmUntil = performance.now() + WARM_UP_MS
  await honestRequests(listener, () => performance.now() < warmUntil)
  const before = residentBytes(listener.pid) ?? 0
  let peak = before
  let outcome: Measured['outcome'] = 'held'
  const attacker = startJobProcess<AttackJob, number>({
    placement: 'all cores',
    seat: 'load',
    words: [join(import.meta.dirname, '../programs/attacker.ts')],
  })
  const progress = { isOver: false }
  const watching = (async () => {
    while (!progress.isOver) {
      const bytes = residentBytes(listener.pid)
      peak = Math.max(peak, bytes ?? 0)
      if (bytes === undefined) outcome = 'died'
      else if (bytes > MOST_MEMORY) outcome = 'memory'
      if (outcome !== 'held') await attacker.stop()
      await setTimeout(20)
    }
  })()
  const end = (): void => {
    progress.isOver = true
  }
  // The request to the attacker fails if the attack was ended above, because that ends the process of the attacker.
  const attacked = attacker.ask({ attack, url: listener.url, request: listener.attack, seconds }).then(end, end)
  const { samples, failed } = await honestRequests(listener, () => !progress.isOver)
  await Promise.all([attacked, watching])
  await attacker.stop()
  const [p50 = 0, p99 = 0] = samples.percentiles(0.5, 0.99)
  return { before, peak, p50, p99, failed, outcome }
}

/**
 * Sends requests one after the other on one connection, one every ten milliseconds. If an answer takes longer, the
 * requests that were due in that time count too, each with its waiting time. Otherwise a listener that stopped for a
 * while would look fast.
 */
async function honestRequests({ honest }: AttackedListener, goesOn: () => boolean) {
  const samples = new Samples()
  const request = Buffer.from(honest.request)
  let connection: Connection | undefined
  let failed = 0
  while (goesOn()) {
    const begun = performance.now()
    try {
      await new Promise<void>((resolve, reject) => {
        const late = AbortSignal.timeout(LONGEST_ANSWER_MS)
        late.onabort = () => {
          reject(new Error('no answer'))
        }
        const open =
          connection === undefined ? Connection.open(new URL(honest.url), reject) : Promise.resolve(connection)
        open.then((opened) => {
          connection = opened
          opened.send(request, (status) => {
            if (status === 200) resolve()
            else reject(new Error(`answered ${String(status)}`))
          })
        }, reject)
      })
    } catch {
      failed += 1
      connection?.close()
      connection = undefined
    }
    for (let waited = performance.now() - begun; waited > 0; waited -= INTERVAL_MS) samples.add(waited)
    await setTimeout(INTERVAL_MS)
  }
  connection?.close()
  return { samples, failed }
}

/** Returns the bytes of resident memory. Undefined if the process has ended. */
function residentBytes(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    return undefined
  }
}
