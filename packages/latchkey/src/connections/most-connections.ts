// How many connections the listeners of a process may hold, so that descriptors are left for files and its own requests.

/** Descriptors for the store, the log, the program's files and its connections to other servers. */
const RESERVE = 128

/** Without a limit on descriptors, as on Windows. */
const UNLIMITED = 1_000_000

/** Each of so many shares of the descriptors that the process may still use for connections. At least 16. */
export function connectionShare(part: number): number {
  return Math.max(16, Math.floor((descriptorLimit() - RESERVE) * part))
}

let limit: number | undefined

/** The soft limit on open files, which Node raises to the hard one when it starts. */
function descriptorLimit(): number {
  limit ??= readLimit()
  return limit
}

interface LimitReport {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } }
}

function readLimit(): number {
  // Without this the report looks up the names of addresses. Node's types do not know it yet.
  const report = process.report as typeof process.report & { excludeNetwork: boolean }
  const { excludeNetwork } = report
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as LimitReport
  report.excludeNetwork = excludeNetwork
  const soft = Number(userLimits?.open_files?.soft)
  return Number.isFinite(soft) ? soft : UNLIMITED
}
