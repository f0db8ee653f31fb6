// Checks that the `issuer` in the metadata is the URL at which clients find the metadata. Clients compare the two texts
// byte by byte (RFC 8414 §3.3).
import { printable } from '../terminal.ts'
import { type Finding, ok, problem } from './finding.ts'
import { ask } from './listeners.ts'

export async function examineIssuer(issuer: string): Promise<Finding> {
  const check = 'issuer'
  const answer = await ask(`${issuer}/.well-known/oauth-authorization-server`)
  if (typeof answer === 'string') return problem(check, `no metadata (${answer})`, 'Fix the public listener first.')
  const cure =
    'Set LATCHKEY_PUBLIC_URL and LATCHKEY_AUTH_SERVER_ID here to the values of the server. A proxy in front of it must not change the path.'
  const document = (await answer.json().catch(() => undefined)) as { readonly issuer?: unknown } | undefined
  if (answer.status !== 200 || typeof document?.issuer !== 'string') {
    return problem(check, `no metadata at ${issuer} (status ${String(answer.status)})`, cure)
  }
  if (document.issuer === issuer) return ok(check, `${issuer} is what the metadata says`)
  return problem(check, `the metadata at ${issuer} says ${printable(document.issuer)}`, cure)
}
