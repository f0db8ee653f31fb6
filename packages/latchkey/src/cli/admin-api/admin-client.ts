// The admin API of the running server, in the form that the commands use.
import type { Environment } from '../../config/environment.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
import type { Page, PageRequest } from '../../http/contract/admin-api.ts'
import { CliFailure, configurationUnusable, EXIT } from '../cli-failure.ts'
import {
  type AdminRequest,
  adminRequest,
  type AdminStream,
  adminStream,
  notAnAdminListener,
  type StreamedAnswer,
} from './admin-request.ts'

const BASE = '/admin/v1'
const PAGE = 200

/** The parameters of a request. The client leaves out parameters that are undefined. */
export type Parameters<Query> = { readonly [Name in keyof Query]?: Query[Name] | undefined }

type None = Readonly<Record<never, never>>

/**
 * The type arguments of each call are types of the API contract: of the answer, and of the body or the query parameters
 * if the request has them. Every method throws `CliFailure` if the server refuses the request or cannot be reached.
 * `at` makes the paths.
 */
export interface AdminClient {
  readonly get: <Answer, Query = None>(path: string, query?: Parameters<Query>) => Promise<Answer>
  /** Yields at most `limit` items from all pages. */
  readonly items: <Item, Query = PageRequest>(
    path: string,
    query?: Parameters<Omit<Query, keyof PageRequest>>,
    limit?: number,
  ) => AsyncGenerator<Item>
  /** @param idempotencyKey a repeated request with the same key gets the answer of the first request. */
  readonly post: <Answer, Body = undefined>(path: string, body?: Body, idempotencyKey?: string) => Promise<Answer>
  /**
   * Reads the record, and changes it only if no other operator changed it in between. Otherwise fails with exit code 3.
   */
  readonly change: <Item, Patch>(path: string, changes: (item: Item) => Patch) => Promise<Item>
  /** Deletes the resource and returns the answer. Undefined if the answer has no content. */
  readonly remove: <Answer = undefined, Query = None>(path: string, query?: Parameters<Query>) => Promise<Answer>
  readonly stream: <Query = None>(
    path: string,
    query: Parameters<Query>,
    how: Omit<AdminStream, 'path'>,
  ) => Promise<StreamedAnswer>
}

/**
 * Returns a client of the server that the configuration names. Throws `CliFailure` if the configuration does not say
 * where the server is, or has no key for it.
 */
export function adminClient(env: Environment): AdminClient {
  const config = readClientConfig(env)
  if (!config.ok) throw configurationUnusable(config.refusal)
  const target = config.value
  // The client does not validate answers, because the server makes them by the schemas of the same contract.
  const ask = async <Answer>(request: AdminRequest): Promise<Answer> =>
    (await adminRequest(target, request)).document as Answer

  async function* items<Item>(
    path: string,
    query: object = {},
    limit = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<Item> {
    let cursor: string | undefined
    let left = limit
    do {
      const requested: Parameters<PageRequest> = { ...query, limit: String(Math.min(PAGE, left)), cursor }
      const page: Page<Item> = await ask({ method: 'GET', path: located(path, requested) })
      if (!Array.isArray(page.items)) throw notAnAdminListener(target.adminUrl, 'gave an unexpected answer')
      yield* page.items.slice(0, left)
      left -= page.items.length
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined && left > 0)
  }

  async function change<Item, Patch>(path: string, changes: (item: Item) => Patch): Promise<Item> {
    const { document, etag } = await adminRequest(target, { method: 'GET', path: located(path) })
    const body = changes(document as Item)
    const headers = etag === undefined ? {} : { 'if-match': etag }
    return ask({ method: 'PATCH', path: located(path), body, headers })
  }

  return {
    get: (path, query) => ask({ method: 'GET', path: located(path, query) }),
    items,
    post: (path, body, key) =>
      ask({
        method: 'POST',
        path: located(path),
        ...(body !== undefined && { body }),
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      }),
    change,
    remove: (path, query) => ask({ method: 'DELETE', path: located(path, query) }),
    stream: (path, query, how) => adminStream(target, { ...how, path: located(path, query) }),
  }
}

function located(path: string, query: object = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? `${BASE}${path}` : `${BASE}${path}?${new URLSearchParams(given).toString()}`
}

/**
 * Returns the path with each variable part encoded as one segment. Throws `CliFailure` if a part cannot be a segment.
 */
export const at = (fixed: TemplateStringsArray, ...names: readonly string[]): string =>
  fixed.map((text, index) => `${text}${index < names.length ? segment(names[index] ?? '') : ''}`).join('')

function segment(name: string): string {
  // URL parsers remove the segments `.` and `..`, encoded or not. The path would then name another resource.
  if (name !== '' && name !== '.' && name !== '..') return encodeURIComponent(name)
  throw new CliFailure({
    code: 'not_found',
    exitCode: EXIT.notFoundOrConflict,
    message: `No resource can have the name "${name}". Check the name.`,
  })
}
