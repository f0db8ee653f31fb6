// The pages of the admin API that the benchmark measures. Each page is read once before, to check its content.
import { PREDICT } from '../packages/latchkey/src/domain/reference-catalog.ts'

export interface PageKind {
  readonly name: string
  /** Paths with queries. The load generator requests them in turn. */
  readonly paths: readonly string[]
}

export interface AdminAccess {
  /** The origin of the server. */
  readonly adminUrl: string
  readonly key: string
}

const ORDERS = ['created', '-created', 'name', '-name', 'last_used', '-last_used'] as const
const LIMIT = 50
const LARGEST_LIMIT = 200
const INTEGRATIONS = '/admin/v1/integrations'
const TOKENS = '/admin/v1/tokens'

/**
 * Returns the pages to measure, for a store of `count` integrations that the fill program made. Throws if a page has
 * the wrong content.
 */
export async function pageKinds(
  access: AdminAccess,
  { count, clientId }: { readonly count: number; readonly clientId: string },
): Promise<readonly PageKind[]> {
  const middles = []
  for (const order of ORDERS) middles.push(await middleOf(access, path(INTEGRATIONS, { sort: order }), count / 2))
  const middle = String(count / 2)
  const search = (query: Readonly<Record<string, string>>) =>
    ORDERS.map((sort) => path(INTEGRATIONS, { ...query, sort }))
  const kinds = [
    { name: 'list, first page', paths: search({}), holds: LIMIT },
    { name: 'list, page in the middle', paths: middles, holds: LIMIT },
    { name: 'search, part of many names', paths: search({ search: `nch ${middle.slice(0, 1)}` }), holds: LIMIT },
    { name: 'search, part of one name', paths: search({ search: ` ${middle}` }), holds: 1 },
    { name: 'search, beginning of a client ID', paths: search({ search: clientId.slice(0, 10) }), holds: 1 },
    { name: 'search, no match', paths: search({ search: 'is not there' }), holds: 0 },
    {
      name: 'search, with status and scope',
      paths: search({ search: `nch ${middle.slice(0, 1)}`, status: 'active', scope: PREDICT }),
      holds: LIMIT,
    },
    {
      name: 'live tokens',
      paths: [path(TOKENS, {}), await middleOf(access, path(TOKENS, {}), count)],
      holds: LIMIT,
    },
  ]
  for (const { paths, holds } of kinds) {
    for (const each of paths) {
      const { items } = await page(access, each)
      if (items.length !== holds) throw new Error(`${each} holds ${String(items.length)} items`)
    }
  }
  return kinds
}

const path = (list: string, query: Readonly<Record<string, string>>): string =>
  `${list}?${new URLSearchParams({ ...query, limit: String(LIMIT) }).toString()}`

/** Returns the path of the same list, starting at the item with this index. */
async function middleOf(access: AdminAccess, first: string, before: number): Promise<string> {
  const url = new URL(first, access.adminUrl)
  for (let seen = 0; seen < before; seen += LARGEST_LIMIT) {
    url.searchParams.set('limit', String(Math.min(LARGEST_LIMIT, before - seen)))
    const { next_cursor } = await page(access, url.pathname + url.search)
    if (next_cursor === null) throw new Error(`${first} ends before its middle`)
    url.searchParams.set('cursor', next_cursor)
  }
  url.searchParams.set('limit', String(LIMIT))
  return url.pathname + url.search
}

interface Page {
  readonly items: readonly unknown[]
  readonly next_cursor: string | null
}

async function page({ adminUrl, key }: AdminAccess, at: string): Promise<Page> {
  const response = await fetch(new URL(at, adminUrl), { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok) throw new Error(`${at} answered ${String(response.status)}: ${await response.text()}`)
  return (await response.json()) as Page
}
