// A diagram as a drawing, and below it the same in words.
import { flowchartFigure } from './flowchart.ts'
import { sequenceFigure } from './sequence-figure.ts'

/** `source` is a flowchart or a sequence diagram in Mermaid's notation. Throws for other diagrams. */
export function diagramFigure(source: string): string {
  const [kind = '', ...lines] = source
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (kind === 'sequenceDiagram') return sequenceFigure(lines)
  if (kind.startsWith('flowchart')) return flowchartFigure(lines)
  throw new Error(`The site draws no diagram of the kind "${kind}"`)
}
