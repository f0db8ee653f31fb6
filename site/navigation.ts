// The sidebar: the groups and links of docs/README.md, so that the forge and the site list the pages alike.
import { posix } from 'node:path'
import { INDEX, outputOf } from './address.ts'
import type { Token } from './markdown-library.ts'
import { targetOf } from './links.ts'
import { parseMarkdown, plainText } from './markdown.ts'
import { readText } from './root.ts'

export interface Entry {
  readonly label: string
  readonly source: string
  readonly output: string
  readonly entries: readonly Entry[]
}

export interface Group {
  readonly name: string
  readonly entries: readonly Entry[]
}

interface OpenEntry extends Entry {
  readonly entries: OpenEntry[]
}

/** `sources` are all pages below docs/. Throws if the list has a link that is no page, or if it lacks a page. */
export function readNavigation(sources: readonly string[]): readonly Group[] {
  const groups: { name: string; entries: OpenEntry[] }[] = []
  const lists: OpenEntry[][] = []
  const tokens = parseMarkdown(readText(INDEX))
  tokens.forEach((token, index) => {
    const { type, tag } = token
    if (type === 'heading_open' && tag === 'h2') {
      const entries: OpenEntry[] = []
      groups.push({ name: plainText(tokens[index + 1]), entries })
    } else if (type === 'bullet_list_open' || type === 'ordered_list_open') {
      const above = lists.at(-1)?.at(-1)?.entries ?? groups.at(-1)?.entries
      if (above === undefined) throw new Error(`${INDEX} has a list before its first heading`)
      lists.push(above)
    } else if (type === 'bullet_list_close' || type === 'ordered_list_close') lists.pop()
    else if (type === 'inline') {
      const item = tokens[index - 2]
      if (item?.type === 'list_item_open') lists.at(-1)?.push(entryOf(token, item.info))
    }
  })
  addUnlisted(
    groups.flatMap(({ entries }) => entries),
    sources,
  )
  return groups
}

/** `number` is empty in a list without numbers. */
function entryOf({ children }: Token, number: string): OpenEntry {
  const [link, ...rest] = children ?? []
  const end = rest.findIndex(({ type }) => type === 'link_close')
  const target = link?.type === 'link_open' ? targetOf(INDEX, link.attrGet('href') ?? '') : undefined
  if (target?.kind !== 'page' || target.source === undefined) {
    throw new Error(`An entry of ${INDEX} does not begin with a link to a page`)
  }
  const label = rest
    .slice(0, end)
    .map(({ content }) => content)
    .join('')
  return {
    label: number === '' ? label : `${number}. ${label}`,
    source: target.source,
    output: target.output,
    entries: [],
  }
}

/** Puts pages that the list does not name below the README of their folder. */
function addUnlisted(entries: readonly OpenEntry[], sources: readonly string[]): void {
  const every = flat(entries)
  const listed = new Set([INDEX, ...every.map(({ source }) => source)])
  for (const source of sources) {
    if (listed.has(source)) continue
    const index = every.find((entry) => isIndexOf(entry.source, source))
    if (index === undefined) throw new Error(`${INDEX} does not list ${source}`)
    const folder = posix.dirname(index.source)
    const label = posix.relative(folder, source).replace(/\.md$/, '')
    index.entries.push({ label, source, output: outputOf(source), entries: [] })
  }
}

const isIndexOf = (index: string, source: string): boolean =>
  index.endsWith('/README.md') && source.startsWith(index.replace('README.md', ''))

function flat<E extends { readonly entries: readonly E[] }>(entries: readonly E[]): readonly E[] {
  return entries.flatMap((entry) => [entry, ...flat(entry.entries)])
}

/** All pages of the sidebar from top to bottom. */
export const inOrder = (groups: readonly Group[]): readonly Entry[] => flat(groups.flatMap(({ entries }) => entries))
