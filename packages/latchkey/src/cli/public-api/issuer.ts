// Requests to the public endpoints of an issuer, as clients and APIs send them.
import type { Environment } from '../../config/environment.ts'
import { readIssuer } from '../../config/read-issuer.ts'
import { VERSION } from '../../version.ts'
import { CliFailure, configurationUnusable, EXIT } from '../cli-failure.ts'
import { connectionFault, isCertificateFault, TRUST_CURE } from '../admin-api/unreachable.ts'

const DEADLINE_MILLISECONDS = 15_000

export const ISSUER_OPTION = [
  '--issuer <url>',
  'the issuer; defaults to LATCHKEY_PUBLIC_URL, or to the server on the data folder',
] as const

/** Returns the issuer without a slash at its end. Throws `CliFailure` if the configuration is not valid. */
export function issuerFor(env: Environment, given: string | undefined): string {
  const issuer = readIssuer(env, given)
  if (!issuer.ok) throw configurationUnusable(issuer.refusal)
  return issuer.value
}

/** Sends a request and returns any answer. Throws `CliFailure` if no answer comes. */
export async function askIssuer(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, {
      ...init,
      headers: { 'user-agent': `latchkey-cli/${VERSION}`, ...init.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
    })
  } catch (cause) {
    throw noAnswer(url, connectionFault(cause))
  }
}

function noAnswer(url: string, reason: string): CliFailure {
  const { origin } = new URL(url)
  const cure = isCertificateFault(reason)
    ? TRUST_CURE
    : 'Start the server, or give the issuer of a running one with --issuer or LATCHKEY_PUBLIC_URL.'
  const message = `No server can be reached at ${origin} (${reason}).\n${cure}`
  return new CliFailure({ code: 'server_unreachable', exitCode: EXIT.unreachable, message }, { url: origin })
}
