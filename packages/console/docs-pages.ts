// Adds the documentation to the built console: its pages, in the colours of the console, and a module with their
// headings.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_THEME, mergeMantineTheme } from '@mantine/core'
import type { Plugin } from 'vite'
import { STYLE } from '../../site/console/frame.ts'
import { consoleHeadings, consolePages } from '../../site/console/pages.ts'
import { cssVariables, theme } from './src/app/theme.ts'

export function docsPages(): Plugin {
  return {
    name: 'docs-pages',
    apply: 'build',
    generateBundle() {
      for (const { name, content } of consolePages()) {
        this.emitFile({ type: 'asset', fileName: `docs/${name}`, source: content })
      }
      this.emitFile({ type: 'asset', fileName: `docs/${STYLE}`, source: docsStyle() })
    },
  }
}

const HEADINGS = 'virtual:docs-headings'
const RESOLVED = `\0${HEADINGS}`

/** Makes the titles and headings of the pages a module of the console. */
export function docsHeadings(): Plugin {
  return {
    name: 'docs-headings',
    resolveId: (id) => (id === HEADINGS ? RESOLVED : undefined),
    load: (id) => (id === RESOLVED ? `export const headings = ${JSON.stringify(consoleHeadings())}` : undefined),
  }
}

function docsStyle(): string {
  const whole = mergeMantineTheme(DEFAULT_THEME, theme)
  const { light, dark } = cssVariables(whole)
  const { black, white, colors } = whole
  const rules = (variables: Readonly<Record<string, string>>): string =>
    Object.entries(variables)
      .map(([name, value]) => `${name}:${value};`)
      .join('')
  const lightRules = rules({ ...light, '--docs-text': black, '--docs-surface': white })
  const darkRules = rules({ ...dark, '--docs-text': colors.dark[0], '--docs-surface': colors.dark[7] })
  const rest = readFileSync(join(import.meta.dirname, 'docs.css'), 'utf8')
  return `:root{${lightRules}}\n@media (prefers-color-scheme:dark){:root{${darkRules}}}\n${rest}`
}
