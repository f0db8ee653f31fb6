// Measures how long something took, without the time in which its processes were ready and waited for a core.
import { readdirSync, readFileSync } from 'node:fs'

/**
 * The file in which the kernel keeps that time, in nanoseconds, as the second of three numbers (Linux:
 * Documentation/scheduler/sched-stats).
 */
const OF_THIS_THREAD = '/proc/thread-self/schedstat'

/** Threads of V8 and Node: they work beside the others, which seldom wait for them. */
const HELPERS = /V8Worker|DelayedTask|SignalInspector/

/** Returns the milliseconds since the start. `begunSince` are processes that began later and count like the others. */
export type Stopwatch = (...begunSince: readonly number[]) => number

/**
 * Started now. It stands still while this thread waits for a core, or one of these processes or of their children does:
 * what is promised about time is promised of a machine that is not busy with something else. Of a process that has
 * ended
 * the last reading counts. Where the kernel does not say who waited, it never stands still.
 */
export function stopwatch(...processes: readonly number[]): Stopwatch {
  const all = new Set(processes)
  const before = waits(all)
  /** For each process, the time of the thread that waited longest. */
  const latest = new Map<string, number>()
  const begun = performance.now()
  return (...begunSince) => {
    const passed = performance.now() - begun
    for (const pid of begunSince) all.add(pid)
    for (const [thread, milliseconds] of waits(all)) {
      // Threads of one process mostly wait at the same time.
      const [owner = ''] = thread.split('/task/')
      latest.set(owner, Math.max(latest.get(owner) ?? 0, milliseconds - (before.get(thread) ?? 0)))
    }
    return passed - [...latest.values()].reduce((sum, milliseconds) => sum + milliseconds, 0)
  }
}

/** Returns the time from now until `end`, which these processes need not outlive. */
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

/** Returns the milliseconds so far, of each thread. */
function waits(processes: Iterable<number>): Map<string, number> {
  const found = new Map([[OF_THIS_THREAD, waited(OF_THIS_THREAD)]])
  for (const pid of processes) addWaits(pid, found)
  return found
}

function addWaits(pid: number, found: Map<string, number>): void {
  const threads = `/proc/${String(pid)}/task`
  for (const thread of listed(threads)) {
    const path = `${threads}/${thread}`
    // This process is listed because of its children.
    if (pid !== process.pid && !HELPERS.test(text(`${path}/comm`))) found.set(path, waited(`${path}/schedstat`))
    for (const child of text(`${path}/children`).split(' ').filter(Boolean)) addWaits(Number(child), found)
  }
}

const waited = (path: string): number => Number(text(path).split(' ')[1] ?? 0) / 1e6

// A process may end during the reading.
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
