// A Markdown page of this repository: its sections and their blocks of code.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

export interface CodeBlock {
  /** The heading above the block. */
  readonly section: string
  /** The language of the fence: `sh` for commands that a reader pastes, another language for text that is not run. */
  readonly language: string
  readonly text: string
}

export interface Page {
  readonly text: string
  readonly headings: readonly string[]
  readonly blocks: readonly CodeBlock[]
  /** The texts of a section's blocks in one language, in their order. Throws if there are none. */
  section(heading: string, language: string): readonly string[]
}

const FENCE = /^```(\S*)$/

/** `path` is from the root of the repository. */
export function readPage(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const headings: string[] = []
  const blocks: CodeBlock[] = []
  let open: { readonly language: string; readonly lines: string[] } | undefined
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line)
    if (open !== undefined) {
      if (line !== '```') open.lines.push(line)
      else {
        blocks.push({ section: headings.at(-1) ?? '', language: open.language, text: open.lines.join('\n') })
        open = undefined
      }
    } else if (fence !== null) open = { language: fence[1] ?? '', lines: [] }
    else if (/^#{1,6} /.test(line)) headings.push(line.replace(/^#+ /, ''))
  }
  if (open !== undefined) throw new Error(`${path}: a block of code is not closed`)
  return {
    text,
    headings,
    blocks,
    section: (heading, language) => {
      const found = blocks.filter((block) => block.section === heading && block.language === language)
      if (found.length === 0) throw new Error(`${path} has no ${language} block under "${heading}"`)
      return found.map((block) => block.text)
    },
  }
}
