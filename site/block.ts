// How the site shows a block of code: a diagram is drawn, and other code is coloured.
import { codeBlock } from './code-block.ts'
import { diagramFigure } from './diagrams/diagram-figure.ts'
import type { BlockWriter } from './markdown-library.ts'

export const siteBlock: BlockWriter = (code, language) =>
  language === 'mermaid' ? diagramFigure(code) : codeBlock(code, language)
