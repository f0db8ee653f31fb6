// The admin API of the running server, as the commands use it.
import type { Environment } from '../../config/environment.ts'
import { readClientConfig } from '../../config/read-client-config.ts'
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

/** Parameters that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** Every act throws `CliFailure` when the server says no, or when there is none. Paths are made with `at`. */
export interface AdminClient {
  readonly get: <Answer>(path: string, query?: Query) => Promise<Answer>
  /** The items of all pages, in turn; at most `limit` when it is given. */
  readonly items: <Item>(path: string, query?: Query, limit?: number) => AsyncGenerator<Item>
  /** @param idempotencyKey makes a repetition of the same act answer with what the first one did. */
  readonly post: <Answer>(path: string, body?: object, idempotencyKey?: string) => Promise<Answer>
  /** Reads the record and changes it, unless somebody else did so in between: exit code 3. */
  readonly change: <Item>(path: string, changes: (item: Item) => object) => Promise<Item>
  /** The answer; undefined when it has no content. */
  readonly remove: <Answer = undefined>(path: string, query?: Query) => Promise<Answer>
  readonly stream: (path: string, query: Query, how: Omit<AdminStream, 'path'>) => Promise<StreamedAnswer>
}

/** Throws `CliFailure` when the configuration does not say where the server is, or holds no key for it. */
export function adminClient(env: Environment): AdminClient {
  const config = readClientConfig(env)
  if (!config.ok) throw configurationUnusable(config.refusal)
  const target = config.value
  // The admin API writes its answers by a schema of its own; they are not judged a second time here.
  const ask = async <Answer>(request: AdminRequest): Promise<Answer> =>
    (await adminRequest(target, request)).document as Answer

  async function* items<Item>(path: string, query: Query = {}, limit = Number.POSITIVE_INFINITY): AsyncGenerator<Item> {
    let cursor: string | undefined
    let left = limit
    do {
      const asked = { ...query, limit: Math.min(PAGE, left), cursor }
      const page: Page<Item> = await ask({ method: 'GET', path: located(path, asked) })
      if (!Array.isArray(page.items)) throw notAnAdminListener(target.adminUrl, 'answers something else')
      yield* page.items.slice(0, left)
      left -= page.items.length
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined && left > 0)
  }

  async function change<Item>(path: string, changes: (item: Item) => object): Promise<Item> {
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

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next_cursor: string | null
}

function located(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? `${BASE}${path}` : `${BASE}${path}?${new URLSearchParams(given).toString()}`
}

/** A path whose variable parts are each one segment, whatever they hold. Throws `CliFailure` for what cannot be one. */
export const at = (fixed: TemplateStringsArray, ...names: readonly string[]): string =>
  fixed.map((text, index) => `${text}${index < names.length ? segment(names[index] ?? '') : ''}`).join('')

function segment(name: string): string {
  // URLs drop these, encoded or not, and the path would be that of another thing.
  if (name !== '' && name !== '.' && name !== '..') return encodeURIComponent(name)
  throw new CliFailure({
    code: 'not_found',
    exitCode: EXIT.notFoundOrConflict,
    message: `There is nothing with the name "${name}".`,
  })
}
