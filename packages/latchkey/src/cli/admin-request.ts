// One request to the admin API of a running server, and what its refusal means for a command.
import type { ClientConfig } from '../config/read-client-config.ts'
import { CliFailure, EXIT, type ExitCode } from './cli-failure.ts'
import { printable } from './terminal.ts'

export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Begins with a slash. */
  readonly path: string
  readonly body?: unknown
}

const DEADLINE_MILLISECONDS = 15_000

/** The answer's JSON document, undefined when it has none. Throws `CliFailure`. */
export async function adminRequest(config: ClientConfig, { method, path, body }: AdminRequest): Promise<unknown> {
  const response = await send(config, method, path, body)
  if (response.status === 204) return undefined
  const document = await readJson(response, config.adminUrl)
  if (response.ok) return document
  throw refusalOf(response.status, document)
}

async function send(
  { adminUrl, adminKey }: ClientConfig,
  method: string,
  path: string,
  body: unknown,
): Promise<Response> {
  try {
    return await fetch(new URL(path, adminUrl), {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${adminKey.reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // The key goes to the configured server and nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
    })
  } catch (cause) {
    throw unreachable(adminUrl, cause)
  }
}

function unreachable(adminUrl: string, error: unknown): CliFailure {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const reason = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.name) : 'unknown reason'
  const message = `No server can be reached at ${adminUrl} (${reason}).\n${cureOf(reason)}`
  return new CliFailure({ code: 'server_unreachable', exitCode: EXIT.unreachable, message }, { admin_url: adminUrl })
}

function cureOf(reason: string): string {
  if (reason.includes('ALTNAME'))
    return 'Its certificate is for another name: set LATCHKEY_ADMIN_URL to one that it holds.'
  if (/CERT|SIGNATURE/.test(reason)) {
    return 'Its certificate is not trusted here: NODE_EXTRA_CA_CERTS names a file with the authority that signed it.'
  }
  return 'Start a server with "npm start" (or "latchkey serve"), or set LATCHKEY_ADMIN_URL to the admin listener of one that runs.'
}

async function readJson(response: Response, adminUrl: string): Promise<unknown> {
  if (/^application\/(?:problem\+)?json\b/.test(response.headers.get('content-type') ?? '')) {
    try {
      return await response.json()
    } catch {
      // Said below: an answer cut off in the middle is as little use as one in another format.
    }
  }
  throw new CliFailure(
    {
      code: 'not_an_admin_listener',
      exitCode: EXIT.failure,
      message: `What answers at ${adminUrl} (status ${String(response.status)}) is not the admin listener of Latchkey.`,
    },
    { admin_url: adminUrl },
  )
}

function refusalOf(status: number, document: unknown): CliFailure {
  const problem: Record<string, unknown> = typeof document === 'object' && document !== null ? { ...document } : {}
  const text = (name: string) => (typeof problem[name] === 'string' ? printable(problem[name]) : undefined)
  const code = text('code') ?? `status_${String(status)}`
  const detail = text('detail') ?? `The server answered ${String(status)}.`
  const requestId = text('request_id')
  // A fault is looked up in the server's log; a refusal says all there is to know.
  const message = status >= 500 && requestId !== undefined ? `${detail}\nRequest id: ${requestId}` : detail
  return new CliFailure(
    { code, exitCode: exitCodeOf(status), message },
    { status, request_id: requestId, errors: problem['errors'] },
  )
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.forbidden
  if (status === 404 || status === 409) return EXIT.notFoundOrConflict
  return status >= 400 && status < 500 ? EXIT.usage : EXIT.failure
}
