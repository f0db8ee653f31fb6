// The processor time that a process, or the whole machine, has used so far.
import { readdirSync, readFileSync } from 'node:fs'

// The number of ticks in a second: the kernel reports processor time in hundredths of a second (USER_HZ).
const TICKS_PER_SECOND = 100

/** Returns the seconds in user and system mode together. NaN if there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  const { utime, stime } = statOf(pid) ?? { utime: Number.NaN, stime: 0 }
  return (utime + stime) / TICKS_PER_SECOND
}

/**
 * Like `cpuSecondsOf`, for a process and its children, including children that have ended. NaN if there is no /proc.
 */
export function familyCpuSeconds(pid: number): number {
  const parent = statOf(pid)
  if (parent === undefined) return Number.NaN
  const { utime, stime, ofEnded } = parent
  const children = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []))
  const own = children.filter((child) => child.parent === pid)
  return own.reduce((sum, child) => sum + child.utime + child.stime, utime + stime + ofEnded) / TICKS_PER_SECOND
}

/**
 * Returns undefined on systems other than Linux, and if the process has ended. The connections to the process report
 * its end.
 */
function statOf(pid: number) {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
    // The second field is the name of the program, in parentheses, and may contain any text. The fields after it are
    // numbers (proc(5)).
    const field = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = field.slice(11, 15).map(Number)
    return { parent: Number(field[1]), utime, stime, ofEnded: cutime + cstime }
  } catch {
    return undefined
  }
}

/**
 * The seconds in which the cores of the machine were not idle, including time that the virtual machine's host took
 * away. NaN if there is no /proc.
 */
export function machineCpuSeconds(): number {
  try {
    const [, ...fields] = (/^cpu .*$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[0] ?? '').split(/ +/).map(Number)
    // The fields of the line: user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice. The kernel
    // counts guest in user and guest_nice in nice, so the two are not added again.
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND
  } catch {
    return Number.NaN // a system other than Linux
  }
}

/** The seconds of this process in user and system mode together. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
