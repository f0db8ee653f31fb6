// The search parameters of the list: search text, filters, order and page.

export interface ListPageSearch {
  readonly search?: string
  readonly status?: 'active' | 'disabled'
  readonly scope?: string
  readonly sort?: SortOrder
  readonly cursor?: string
  readonly page?: number
}

const ORDERS = ['created', '-created', 'name', '-name', 'last_used', '-last_used'] as const
export type SortOrder = (typeof ORDERS)[number]
export type SortColumn = 'created' | 'name' | 'last_used'

/** Unknown values are left out, so that an old link still shows the list. */
export function readListSearch(given: { readonly [Name in keyof ListPageSearch]?: unknown }): ListPageSearch {
  const { search, status, scope, sort, cursor, page } = given
  const order = ORDERS.find((known) => known === sort)
  // The router parses a text of digits as a number.
  const text = typeof search === 'number' ? String(search) : search
  return {
    ...(typeof text === 'string' && text !== '' && { search: text }),
    ...((status === 'active' || status === 'disabled') && { status }),
    ...(typeof scope === 'string' && scope !== '' && { scope }),
    ...(order !== undefined && { sort: order }),
    ...(typeof cursor === 'string' && cursor !== '' && { cursor, page: typeof page === 'number' ? page : 2 }),
  }
}

export const directionOf = (sort: SortOrder | undefined, column: SortColumn): 'ascending' | 'descending' | 'none' =>
  sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : 'none'

export const toggled = (sort: SortOrder | undefined, column: SortColumn): SortOrder =>
  sort === column ? `-${column}` : column
