// A refusal of the admin API (RFC 9457), with the text and the exit code for the command line.
import type { Problem } from '../../http/contract/admin-api.ts'
import { CliFailure, EXIT, type ExitCode } from '../cli-failure.ts'
import { printable } from '../terminal.ts'

/**
 * Every member may be missing or malformed, because a proxy may answer with its own document. Only a refusal with the
 * code `scope_in_use` has `in_use`.
 */
type Unchecked = { readonly [Member in keyof Problem | 'in_use']?: unknown }

export function refusalOf(response: Pick<Response, 'status' | 'headers'>, document: unknown): CliFailure {
  const { status } = response
  const problem: Unchecked = typeof document === 'object' && document !== null ? { ...document } : {}
  const text = (name: 'code' | 'detail' | 'request_id') =>
    typeof problem[name] === 'string' ? printable(problem[name]) : undefined
  const code = text('code') ?? `status_${String(status)}`
  const detail = text('detail') ?? `The server answered ${String(status)}.`
  const requestId = text('request_id')
  const lines = [detail, ...otherPlaces(problem.errors), ...remarksOn(status, requestId, response.headers)]
  const { errors, in_use } = problem
  return new CliFailure(
    { code, exitCode: exitCodeOf(status), message: lines.join('\n') },
    { status, request_id: requestId, errors, ...(in_use !== undefined && { in_use }) },
  )
}

// `detail` describes only the first error, so the text adds the other errors.
function otherPlaces(errors: unknown): readonly string[] {
  if (!Array.isArray(errors)) return []
  return errors.slice(1).map((place: Readonly<Record<string, unknown>>) => {
    const where = [place['pointer'], place['parameter']].find((name) => typeof name === 'string') ?? ''
    return printable(`${where} ${typeof place['detail'] === 'string' ? place['detail'] : 'is not usable'}.`)
  })
}

function* remarksOn(status: number, requestId: string | undefined, headers: Headers): Generator<string> {
  if (status === 412)
    yield 'Nothing was changed, because another operator changed the record after you read it. Check the record and try again.'
  const seconds = headers.get('retry-after') ?? ''
  if (/^[0-9]{1,6}$/.test(seconds)) yield `Try again in ${seconds} s.`
  // The text has the request id only for a fault, because the id leads to an entry in the server's log. An operator can
  // understand a refusal without the log.
  if (status >= 500 && requestId !== undefined) yield `Request id: ${requestId}`
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.forbidden
  if (status === 404 || status === 409 || status === 412) return EXIT.notFoundOrConflict
  if (status === 429) return EXIT.failure
  return status >= 400 && status < 500 ? EXIT.usage : EXIT.failure
}
