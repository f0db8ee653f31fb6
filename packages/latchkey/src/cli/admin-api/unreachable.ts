// Says why a connection failed, and what to do.
import { CliFailure, EXIT } from '../cli-failure.ts'

/** Makes the failure for an admin listener that does not answer. */
export function unreachable(adminUrl: string, error: unknown): CliFailure {
  const reason = connectionFault(error)
  const message = `No server can be reached at ${adminUrl} (${reason}).\n${cureOf(reason)}`
  return new CliFailure({ code: 'server_unreachable', exitCode: EXIT.unreachable, message }, { admin_url: adminUrl })
}

/** Returns the error code of the system or of OpenSSL, for example `ECONNREFUSED`. */
export function connectionFault(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error
    ? 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : cause.name
    : 'unknown reason'
}

export const isCertificateFault = (reason: string): boolean => /ALTNAME|CERT|SIGNATURE/.test(reason)

export const TRUST_CURE =
  'This machine does not trust its certificate. Set NODE_EXTRA_CA_CERTS to a file with the authority that signed it.'

function cureOf(reason: string): string {
  if (reason.includes('ALTNAME'))
    return 'Its certificate is for another name. Set LATCHKEY_ADMIN_URL to a name in the certificate.'
  if (isCertificateFault(reason)) return TRUST_CURE
  return 'Start a server with "npm start" (or "latchkey serve"), or set LATCHKEY_ADMIN_URL to the admin listener of a running server.'
}
