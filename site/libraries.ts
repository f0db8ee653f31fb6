// The libraries that only the site is built with, as far as it uses them. Its build installs them below this folder, so a
// compiler run in a fresh checkout cannot see the libraries' own types.
import { createRequire } from 'node:module'
import { whole, type DefaultOrWhole } from './markdown-library.ts'

const load = createRequire(import.meta.url)

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
