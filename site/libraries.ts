// The libraries that the site is built with, as far as it uses them. The build installs them below this folder, so a
// compiler run in a fresh checkout cannot see the libraries' own types.
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/** The members of a markdown-it token that the site reads or changes. */
export interface Token {
  type: string
  tag: string
  content: string
  /** The language of a fence, or the number of an entry of a list. */
  info: string
  children: Token[] | null
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

interface MarkdownParser {
  parse(text: string, environment: object): Token[]
  readonly renderer: {
    readonly rules: Record<string, (tokens: Token[], index: number) => string>
    render(tokens: Token[], options: object, environment: object): string
  }
  readonly options: object
}

interface Graph {
  setGraph(options: object): void
  setDefaultEdgeLabel(label: () => object): void
  setNode(name: string, size: { readonly width: number; readonly height: number }): void
  setEdge(from: string, to: string): void
  node(name: string): Point & { readonly width: number }
  edge(ends: { readonly v: string; readonly w: string }): { readonly points: readonly Point[] }
  edges(): readonly { readonly v: string; readonly w: string }[]
  graph(): { readonly width: number; readonly height: number }
}

export interface Point {
  readonly x: number
  readonly y: number
}

type DefaultOrWhole<T> = T | { readonly default: T }

const whole = <T extends object>(module: DefaultOrWhole<T>): T => ('default' in module ? module.default : module)

export const MarkdownIt = whole(
  load('markdown-it') as DefaultOrWhole<new (options: { readonly html: boolean }) => MarkdownParser>,
)

export const highlighter = whole(
  load('highlight.js') as DefaultOrWhole<{
    getLanguage(name: string): object | undefined
    highlight(code: string, options: { readonly language: string }): { readonly value: string }
  }>,
)

export const dagre = whole(
  load('@dagrejs/dagre') as DefaultOrWhole<{
    readonly graphlib: { readonly Graph: new () => Graph }
    layout(graph: Graph): void
  }>,
)

/** The script of the search library for browsers, and its licence. */
export const SEARCH_LIBRARY = {
  script: load.resolve('minisearch').replace(/dist[\\/].*$/, 'dist/umd/index.js'),
  licence: load.resolve('minisearch').replace(/dist[\\/].*$/, 'LICENSE.txt'),
}
