// One request to the admin API of a running server.
import type { ClientConfig } from '../../config/read-client-config.ts'
import { VERSION } from '../../version.ts'
import { CliFailure, EXIT } from '../cli-failure.ts'
import { refusalOf } from './refusal.ts'
import { unreachable } from './unreachable.ts'

export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** The path and the query. It begins with a slash. */
  readonly path: string
  readonly body?: unknown
  /** The names of the headers in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface AdminAnswer {
  /** The body of the answer. Undefined if the answer has no body. */
  readonly document: unknown
  /** The entity tag with its quotes. Undefined if the resource has no versions. */
  readonly etag: string | undefined
}

const DEADLINE_MILLISECONDS = 15_000

/** Sends the request. Throws `CliFailure` unless the answer is a success. */
export async function adminRequest(config: ClientConfig, request: AdminRequest): Promise<AdminAnswer> {
  const response = await send(config, request, AbortSignal.timeout(DEADLINE_MILLISECONDS))
  const etag = response.headers.get('etag') ?? undefined
  if (response.status === 204) return { document: undefined, etag }
  const document = await readJson(response, config.adminUrl)
  if (response.ok) return { document, etag }
  throw refusalOf(response, document)
}

export interface AdminStream {
  readonly path: string
  /** The value of the Accept header. */
  readonly accept: string
  /** The names of the headers in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Ends the request, even while the answer is being read. */
  readonly signal?: AbortSignal
  /** Milliseconds until the answer must begin. Defaults to 15,000. */
  readonly within?: number
}

/** The body of a streamed answer, and its size if the server states the size. */
export interface StreamedAnswer {
  readonly body: ReadableStream<Uint8Array>
  readonly totalCount: number | undefined
  /** The anchor of the audit trail, SEQ:MAC. Undefined unless the answer is an export of the trail. */
  readonly auditAnchor: string | undefined
  readonly bytes: number | undefined
}

/**
 * Requests an answer that the caller reads as a stream. Only the beginning of the answer has a deadline. Throws
 * `CliFailure` as `adminRequest` does.
 */
export async function adminStream(config: ClientConfig, stream: AdminStream): Promise<StreamedAnswer> {
  // The deadline applies only to the head of the answer.
  const head = new AbortController()
  const deadline = setTimeout(() => {
    head.abort(new DOMException('no answer in time', 'TimeoutError'))
  }, stream.within ?? DEADLINE_MILLISECONDS)
  const signal = stream.signal === undefined ? head.signal : AbortSignal.any([head.signal, stream.signal])
  const request = { method: 'GET', path: stream.path, headers: { ...stream.headers, accept: stream.accept } } as const
  try {
    const response = await send(config, request, signal)
    if (response.ok && response.body !== null) {
      return {
        body: response.body,
        totalCount: numberIn(response, 'x-total-count'),
        auditAnchor: response.headers.get('x-audit-anchor') ?? undefined,
        bytes: numberIn(response, 'content-length'),
      }
    }
    throw refusalOf(response, await readJson(response, config.adminUrl))
  } finally {
    clearTimeout(deadline)
  }
}

function numberIn({ headers }: Response, name: string): number | undefined {
  const text = headers.get(name)
  return text === null ? undefined : Number(text)
}

async function send(
  { adminUrl, adminKey }: ClientConfig,
  request: AdminRequest,
  signal: AbortSignal,
): Promise<Response> {
  const { method, path, body, headers } = request
  try {
    return await fetch(new URL(path, adminUrl), {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': `latchkey-cli/${VERSION}`,
        ...headers,
        authorization: `Bearer ${adminKey.reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // Redirects are not followed, so the key goes only to the configured server.
      redirect: 'error',
      signal,
    })
  } catch (cause) {
    throw unreachable(adminUrl, cause)
  }
}

async function readJson(response: Response, adminUrl: string): Promise<unknown> {
  if (/^application\/(?:problem\+)?json\b/.test(response.headers.get('content-type') ?? '')) {
    try {
      const document: unknown = await response.json()
      if (response.ok || isProblem(document)) return document
    } catch {
      // The code below reports an incomplete answer in the same way as an answer in another format.
    }
  }
  throw notAnAdminListener(adminUrl, `answered with status ${String(response.status)}`)
}

// Every refusal of the admin API has a code. Refusals of the public listener and of most other programs have no code.
const isProblem = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'code' in document && typeof document.code === 'string'

export const notAnAdminListener = (adminUrl: string, does: string): CliFailure =>
  new CliFailure(
    {
      code: 'not_an_admin_listener',
      exitCode: EXIT.failure,
      message: `The server at ${adminUrl} ${does}, so it is not the admin listener of Latchkey. Set LATCHKEY_ADMIN_URL to the admin listener.`,
    },
    { admin_url: adminUrl },
  )
