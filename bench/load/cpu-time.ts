// The processor time that a process, or the whole machine, has used so far.
import { readFileSync } from 'node:fs'

// The kernel tells it in hundredths of a second, whatever its own clock is (USER_HZ).
const TICKS_PER_SECOND = 100

/** Seconds, user and system; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
    // The second field, the name, may hold anything; the ones after it are numbers: utime is the 14th, stime the 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return Number.NaN // another system than Linux, or the process has ended, which its connections report
  }
}

/** Seconds in which the cores of the machine were not idle, those that its host took away included; NaN where there is no /proc. */
export function machineCpuSeconds(): number {
  try {
    const [, ...fields] = (/^cpu .*$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[0] ?? '').split(/ +/).map(Number)
    // user nice system idle iowait irq softirq steal; what follows is counted in the first two already.
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND
  } catch {
    return Number.NaN // another system than Linux
  }
}

/** Seconds, user and system, of this process. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
