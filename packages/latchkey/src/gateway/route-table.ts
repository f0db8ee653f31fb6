// Finds the API to which a request belongs. The gateway passes on only requests that belong to an API.
import type { Scope } from '@latchkey/protocol'
import { readRequestPath } from './request-path.ts'

export interface RoutedApi {
  readonly name: string
  readonly scope: Scope
  /** The path patterns, in the form that domain/route-pattern checks. */
  readonly routes: readonly string[]
}

export interface Found<Api> {
  readonly api: Api
  /**
   * The pattern that the path matched. Metrics and logs use the pattern instead of the path, because callers cannot
   * invent patterns.
   */
  readonly route: string
  /** The path that the gateway passes on to the upstream. */
  readonly path: string
  /** The unchanged query with its question mark. Empty if the request has no query. */
  readonly query: string
}

interface Pattern<Api> {
  readonly api: Api
  readonly route: string
  readonly segments: readonly string[]
}

export class RouteTable<Api extends RoutedApi> {
  readonly #exact: readonly Pattern<Api>[]
  readonly #folded: readonly Pattern<Api>[]

  constructor(apis: readonly Api[]) {
    this.#exact = apis
      .flatMap((api) => api.routes.map((route) => ({ api, route, segments: segmentsOf(route) })))
      .sort((one, other) => moreSpecific(one.segments, other.segments))
    this.#folded = this.#exact.map((pattern) => ({ ...pattern, segments: pattern.segments.map(fold) }))
  }

  /**
   * Returns the API for a raw request-target in origin-form or absolute-form (RFC 9112 §3.2). If several patterns
   * match, takes the most specific one. Undefined if no pattern matches, or if an upstream that ignores the case of
   * letters would match a different pattern.
   */
  find(target: string): Found<Api> | undefined {
    const [, path = '', query = ''] = TARGET.exec(target) ?? []
    const read = readRequestPath(path)
    if (read === undefined) return undefined
    const index = this.#exact.findIndex(({ segments }) => matches(segments, read.segments))
    const pattern = this.#exact[index]
    if (pattern === undefined) return undefined
    const folded = read.segments.map(fold)
    if (this.#folded.findIndex(({ segments }) => matches(segments, folded)) !== index) return undefined
    return { api: pattern.api, route: pattern.route, path: read.text, query }
  }
}

// Does not match a request-target with a fragment: RFC 9112 does not allow a fragment, and servers treat it
// differently.
const TARGET = /^(?:https?:\/\/[^/?#]+)?(\/[^?#]*)(\?[^#]*)?$/i

const PLACEHOLDER = '{}'
const REST = '**'

/**
 * Splits a pattern into its segments. Replaces each placeholder such as `{name}` by `{}`, because its name does not
 * matter for matching.
 */
const segmentsOf = (route: string): readonly string[] => (route === '/' ? [] : route.slice(1).split('/').map(shapeOf))

const shapeOf = (segment: string): string => (segment.startsWith('{') ? PLACEHOLDER : segment)

const fold = (segment: string): string => segment.toLowerCase()

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === REST
  const fixed = isOpen ? pattern.length - 1 : pattern.length
  if (isOpen ? path.length < fixed : path.length !== fixed) return false
  for (let index = 0; index < fixed; index++) {
    if (pattern[index] !== PLACEHOLDER && pattern[index] !== path[index]) return false
  }
  return true
}

/**
 * Compares two patterns segment by segment, for sorting. A word is more specific than a placeholder, and a placeholder
 * is more specific than `**`.
 */
function moreSpecific(one: readonly string[], other: readonly string[]): number {
  const length = Math.max(one.length, other.length)
  for (let index = 0; index < length; index++) {
    const difference = width(one[index]) - width(other[index])
    if (difference !== 0) return difference
  }
  return 0
}

// Returns how unspecific a segment is. The end of a pattern counts as a word.
const width = (segment: string | undefined): number => (segment === REST ? 2 : segment === PLACEHOLDER ? 1 : 0)
