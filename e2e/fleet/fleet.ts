// Starts many processes that call one API with one integration, and collects their reports.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Assignment, Report } from './assignment.ts'

export interface Fleet {
  /** Ends one process with SIGKILL. */
  kill(pid: number): void
  /** The reports of the processes that were not killed. Resolves once all of them have ended. */
  readonly reports: Promise<readonly Report[]>
}

export interface FleetResult {
  readonly processes: number
  readonly calls: number
  readonly refused: number
  readonly failed: number
  readonly tokenRequests: number
  /** The shortest time between two token requests, in milliseconds. */
  readonly shortestGap: number
  readonly errors: readonly string[]
}

const MEMBER = join(import.meta.dirname, 'member.ts')

export async function startFleet(size: number, assignment: Assignment): Promise<Fleet> {
  const members = Array.from({ length: size }, () => fork(MEMBER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }))
  await Promise.all(members.map((member) => once(member, 'message')))
  const reports = Promise.all(members.map(reportOf))
  for (const member of members) member.send(assignment)
  return {
    kill: (pid) => void members.find((member) => member.pid === pid)?.kill('SIGKILL'),
    reports: reports.then((all) => all.filter((report) => report !== undefined)),
  }
}

export function summary(reports: readonly Report[]): FleetResult {
  const sum = (of: (report: Report) => number): number => reports.reduce((total, report) => total + of(report), 0)
  const issuedAt = reports.flatMap((report) => report.issuedAt).toSorted((earlier, later) => earlier - later)
  const gaps = issuedAt.slice(1).map((moment, index) => moment - (issuedAt[index] ?? 0))
  return {
    processes: reports.length,
    calls: sum(({ calls }) => calls),
    refused: sum(({ refused }) => refused),
    failed: sum(({ failed }) => failed),
    tokenRequests: issuedAt.length,
    shortestGap: Math.min(...gaps),
    errors: [...new Set(reports.flatMap(({ errors }) => errors))],
  }
}

function reportOf(member: ChildProcess): Promise<Report | undefined> {
  return new Promise((resolve) => {
    let report: Report | undefined
    member.on('message', (message: Report) => {
      report = message
    })
    member.on('exit', () => {
      resolve(report)
    })
  })
}
