// The largest number of connections of a process, so that file descriptors are left for other uses.

/** The number of file descriptors for the store, the log, the program's files and its connections to other servers. */
const RESERVE = 128

/** The limit on a system that does not limit descriptors, such as Windows. */
const UNLIMITED = 1_000_000

/** @param part the share of a listener, from 0 to 1, of all descriptors for connections. Returns at least 16. */
export function connectionShare(part: number): number {
  return Math.max(16, Math.floor((descriptorLimit() - RESERVE) * part))
}

let limit: number | undefined

/** Reads the soft limit on open files, which Node raises to the hard limit when it starts. */
function descriptorLimit(): number {
  limit ??= readLimit()
  return limit
}

interface LimitReport {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } }
}

function readLimit(): number {
  // Without this option the report would look up the names of addresses. Node's types do not declare the option yet.
  const report = process.report as typeof process.report & { excludeNetwork: boolean }
  const { excludeNetwork } = report
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as LimitReport
  report.excludeNetwork = excludeNetwork
  const soft = Number(userLimits?.open_files?.soft)
  return Number.isFinite(soft) ? soft : UNLIMITED
}
