// Checks a listener from the outside: whether it answers, whether its clock is right, whether the store accepts writes,
// and its version.
import { VERSION } from '../../version.ts'
import { connectionFault, isCertificateFault, TRUST_CURE } from '../admin-api/unreachable.ts'
import { printable } from '../terminal.ts'
import { type Finding, ok, problem, skipped } from './finding.ts'

const DEADLINE_MILLISECONDS = 5000
// The largest accepted difference between the clocks of the server and this machine, in seconds. The Date header has
// whole seconds, and clients renew tokens some seconds before their expiry.
const MOST_SKEW_SECONDS = 5

export async function examineListener(name: string, origin: string, cure: string): Promise<readonly Finding[]> {
  const sentAt = Date.now()
  const answer = await ask(`${origin}/livez`)
  if (typeof answer === 'string') {
    return [problem(name, `${origin} does not answer (${answer})`, isCertificateFault(answer) ? TRUST_CURE : cure)]
  }
  const clock = clockFinding(`clock of the ${name}`, answer, (sentAt + Date.now()) / 2)
  if (answer.status !== 200)
    return [problem(name, `${origin} answers with status ${String(answer.status)}, so it is not Latchkey`, cure)]
  return [ok(name, `${origin} answers`), clock, await examineReadiness(`store behind the ${name}`, origin)]
}

async function examineReadiness(check: string, origin: string): Promise<Finding> {
  const answer = await ask(`${origin}/readyz`)
  if (typeof answer === 'string')
    return problem(check, `no answer (${answer})`, 'Try again. If it fails again, read the log of the server.')
  if (answer.status === 200) return ok(check, 'a test write was durable')
  const cure =
    'The store takes no writes. Check for a full or failing disk or an unreachable database, and read the log of the server.'
  return problem(check, `not ready (status ${String(answer.status)})`, cure)
}

function clockFinding(check: string, { headers }: Response, now: number): Finding {
  const there = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(there)) return skipped(check, 'the answer has no Date')
  // Adds half a second, because the header has whole seconds.
  const skew = Math.round((there + 500 - now) / 1000)
  const found = Math.abs(skew) <= 1 ? 'as this one' : `${String(Math.abs(skew))} s ${skew > 0 ? 'ahead' : 'behind'}`
  if (Math.abs(skew) <= MOST_SKEW_SECONDS) return ok(check, found)
  const cure = 'Synchronise the clocks of both machines with NTP. Otherwise tokens seem expired or not yet issued.'
  return problem(check, found, cure)
}

export async function examineVersion(adminUrl: string): Promise<Finding> {
  const check = 'version'
  const answer = await ask(`${adminUrl}/version`)
  if (typeof answer === 'string') return skipped(check, 'the admin listener does not answer')
  const document = (await answer.json().catch(() => undefined)) as { readonly version?: unknown } | undefined
  if (typeof document?.version !== 'string') return skipped(check, 'the answer contains no version')
  if (document.version === VERSION) return ok(check, VERSION)
  const found = `the server is ${printable(document.version)}, the command line ${VERSION}`
  return problem(check, found, 'Use the command line of the same version as the server.')
}

/** Returns the answer, or the reason why the listener gave no answer. */
export async function ask(url: string): Promise<Response | string> {
  try {
    return await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(DEADLINE_MILLISECONDS) })
  } catch (cause) {
    return connectionFault(cause)
  }
}
