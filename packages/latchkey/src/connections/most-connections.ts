// Computes the largest number of connections of a process, so that enough file descriptors are left for other uses.

/**
 * The number of file descriptors that are reserved for the store, the log, the files of the program and connections to
 * other servers.
 */
const RESERVE = 128

/** The assumed limit on a system that does not limit file descriptors, such as Windows. */
const UNLIMITED = 1_000_000

/**
 * Returns the largest number of connections of a listener: its share `part` (from 0 to 1) of all descriptors for
 * connections, and at least 16.
 */
export function connectionShare(part: number): number {
  return Math.max(16, Math.floor((descriptorLimit() - RESERVE) * part))
}

let limit: number | undefined

/** Reads the soft limit on open files, which Node.js raises to the hard limit when it starts. */
function descriptorLimit(): number {
  limit ??= readLimit()
  return limit
}

interface LimitReport {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } }
}

function readLimit(): number {
  // Without this option, the report would make DNS lookups. The types of Node.js do not declare the option yet.
  const report = process.report as typeof process.report & { excludeNetwork: boolean }
  const { excludeNetwork } = report
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as LimitReport
  report.excludeNetwork = excludeNetwork
  const soft = Number(userLimits?.open_files?.soft)
  return Number.isFinite(soft) ? soft : UNLIMITED
}
