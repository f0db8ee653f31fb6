// The search parameters of the list: search text, filters, order and page.

export interface ListPageSearch {
  readonly search?: string
  readonly status?: 'active' | 'disabled'
  readonly scope?: string
  readonly attention?: AttentionFilter
  readonly sort?: SortOrder
  readonly cursor?: string
  readonly page?: number
}

/** The order without a parameter. */
export const DEFAULT_ORDER = 'attention'

export const ORDERS = ['attention', 'name', '-name', '-last_used', 'last_used', '-created', 'created'] as const
export type SortOrder = (typeof ORDERS)[number]
export type SortColumn = 'created' | 'name' | 'last_used'

export const ATTENTION_FILTERS = ['any', 'contended', 'secret_ends', 'refusals_rising', 'rotating', 'unused'] as const
export type AttentionFilter = (typeof ATTENTION_FILTERS)[number]

/** Returns the parameters of an address. Leaves out unknown values, so that an old link still shows the list. */
export function readListSearch(given: { readonly [Name in keyof ListPageSearch]?: unknown }): ListPageSearch {
  const { search, status, scope, attention, sort, cursor, page } = given
  const need = ATTENTION_FILTERS.find((known) => known === attention)
  const order = ORDERS.find((known) => known === sort)
  // The router parses a text of digits as a number.
  const text = typeof search === 'number' ? String(search) : search
  return {
    ...(typeof text === 'string' && text !== '' && { search: text }),
    ...((status === 'active' || status === 'disabled') && { status }),
    ...(typeof scope === 'string' && scope !== '' && { scope }),
    ...(need !== undefined && { attention: need }),
    ...(order !== undefined && order !== DEFAULT_ORDER && { sort: order }),
    ...(typeof cursor === 'string' && cursor !== '' && { cursor, page: typeof page === 'number' ? page : 2 }),
  }
}

export const directionOf = (sort: SortOrder | undefined, column: SortColumn): 'ascending' | 'descending' | 'none' =>
  sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : 'none'

export const toggled = (sort: SortOrder | undefined, column: SortColumn): SortOrder =>
  sort === column ? `-${column}` : column
