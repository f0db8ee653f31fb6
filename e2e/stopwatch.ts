// Measures a duration, without the time in which the measured processes were ready to run but waited for a core.
import { readdirSync, readFileSync } from 'node:fs'

/**
 * The kernel's file of scheduling statistics. Its second number is the time that the thread waited for a core, in
 * nanoseconds (Linux: Documentation/scheduler/sched-stats).
 */
const OF_THIS_THREAD = '/proc/thread-self/schedstat'

/** Helper threads of V8 and Node. They run at the same time as the main threads, which seldom wait for them. */
const HELPERS = /V8Worker|DelayedTask|SignalInspector/

/**
 * Returns the milliseconds since the start. `begunSince` are processes that began after the start. The time for which
 * they wait for a core is left out too.
 */
export type Stopwatch = (...begunSince: readonly number[]) => number

/**
 * Starts a stopwatch. It does not count the time in which this thread, one of `processes`, or a child of one of them
 * waits for a core: promises about time hold for a machine that is not busy with other work. For a process that has
 * ended, the last reading counts. On a system without these statistics it counts all time.
 */
export function stopwatch(...processes: readonly number[]): Stopwatch {
  const all = new Set(processes)
  const before = waits(all)
  /** For each process, the waiting time of the thread that waited longest. */
  const latest = new Map<string, number>()
  const begun = performance.now()
  return (...begunSince) => {
    const passed = performance.now() - begun
    for (const pid of begunSince) all.add(pid)
    for (const [thread, milliseconds] of waits(all)) {
      // The threads of a process mostly wait at the same time, so their waiting times are not added.
      const [owner = ''] = thread.split('/task/')
      latest.set(owner, Math.max(latest.get(owner) ?? 0, milliseconds - (before.get(thread) ?? 0)))
    }
    return passed - [...latest.values()].reduce((sum, milliseconds) => sum + milliseconds, 0)
  }
}

/** Returns the time from now until `end` resolves. The processes may end earlier. */
export async function timeUntil(end: Promise<unknown>, ...processes: readonly number[]): Promise<number> {
  const took = stopwatch(...processes)
  const looks = setInterval(took, LOOK_MS)
  try {
    await end
    return took()
  } finally {
    clearInterval(looks)
  }
}

const LOOK_MS = 20

/** Returns the waiting time of each thread up to now, in milliseconds. */
function waits(processes: Iterable<number>): Map<string, number> {
  const found = new Map([[OF_THIS_THREAD, waited(OF_THIS_THREAD)]])
  for (const pid of processes) addWaits(pid, found)
  return found
}

function addWaits(pid: number, found: Map<string, number>): void {
  const threads = `/proc/${String(pid)}/task`
  for (const thread of listed(threads)) {
    const path = `${threads}/${thread}`
    // This process is listed only because of its children.
    if (pid !== process.pid && !HELPERS.test(text(`${path}/comm`))) found.set(path, waited(`${path}/schedstat`))
    for (const child of text(`${path}/children`).split(' ').filter(Boolean)) addWaits(Number(child), found)
  }
}

const waited = (path: string): number => Number(text(path).split(' ')[1] ?? 0) / 1e6

// A process may end while its files are read.
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function listed(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
