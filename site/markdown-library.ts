// The parser of Markdown, as far as the site and the documentation of the console use it. It ships no types of its own.
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

/** Returns the HTML of a block of code. `language` is empty if the page does not name the language. */
export type BlockWriter = (code: string, language: string) => string

type Rule = (tokens: Token[], index: number, options: object, environment: { readonly block: BlockWriter }) => string

interface MarkdownParser {
  parse(text: string, environment: object): Token[]
  readonly renderer: {
    readonly rules: Record<string, Rule>
    render(tokens: Token[], options: object, environment: { readonly block: BlockWriter }): string
  }
  readonly options: object
}

export type DefaultOrWhole<T> = T | { readonly default: T }

export const whole = <T extends object>(module: DefaultOrWhole<T>): T => ('default' in module ? module.default : module)

export const MarkdownIt = whole(
  load('markdown-it') as DefaultOrWhole<new (options: { readonly html: boolean }) => MarkdownParser>,
)
