// Draws a flowchart: boxes in layers, with an arrow for each pair.
import { escaped } from '../../packages/latchkey/src/http/admin/documents/html.ts'
import { dagre, type Point } from '../libraries.ts'
import { arrowHead, figure, label, textWidth } from './drawing.ts'

const HEIGHT = 34
const MARGIN = 8

interface Node {
  readonly name: string
  readonly isRound: boolean
}

interface Flowchart {
  readonly nodes: ReadonlyMap<string, Node>
  readonly edges: readonly { readonly from: string; readonly to: readonly string[] }[]
}

/** Each line is `a --> b & c`. A box with round ends is `a(["text"])`. Throws on other lines. */
function readFlowchart(lines: readonly string[]): Flowchart {
  const nodes = new Map<string, Node>()
  const nodeOf = (text: string): string => {
    const [, name = '', round] = /^([\w-]+)(?:\(\["([^"]+)"\]\))?$/.exec(text.trim()) ?? []
    if (name === '') throw new Error(`The site cannot draw this part of a flowchart: ${text}`)
    if (round !== undefined || !nodes.has(name)) nodes.set(name, { name: round ?? name, isRound: round !== undefined })
    return name
  }
  const edges = lines.map((line) => {
    const [from = '', to = ''] = line.split(' --> ')
    return { from: nodeOf(from), to: to.split(' & ').map(nodeOf) }
  })
  return { nodes, edges }
}

export function flowchartFigure(lines: readonly string[]): string {
  const { nodes, edges } = readFlowchart(lines)
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 34, marginx: MARGIN, marginy: MARGIN })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const [key, { name }] of nodes) graph.setNode(key, { width: textWidth(name) + 32, height: HEIGHT })
  for (const { from, to } of edges) for (const target of to) graph.setEdge(from, target)
  dagre.layout(graph)

  /** Moves the end of a line from anywhere on the border of a box to its upper or lower side. */
  const onSide = (key: string, { x }: Point, side: 1 | -1): Point => {
    const node = graph.node(key)
    const most = node.width / 2 - 10
    return { x: Math.max(node.x - most, Math.min(node.x + most, x)), y: node.y + (side * HEIGHT) / 2 }
  }
  const arrows = graph.edges().map((ends) => {
    const points = graph.edge(ends).points
    const [first, last] = [points[0], points.at(-1)]
    if (first === undefined || last === undefined) throw new Error(`There is no line from ${ends.v} to ${ends.w}`)
    return arrow([onSide(ends.v, first, 1), ...points.slice(1, -1), onSide(ends.w, last, -1)])
  })
  const boxes = [...nodes].map(([key, { name, isRound }]) => {
    const { x, y } = graph.node(key)
    const width = textWidth(name) + 32
    const place = `x="${String(x - width / 2)}" y="${String(y - HEIGHT / 2)}" width="${String(width)}" height="${String(HEIGHT)}"`
    return `<rect class="box" ${place} rx="${isRound ? String(HEIGHT / 2) : '6'}"/>${label({ x, y, lines: [name], kind: 'name' })}`
  })
  const nameOf = (key: string): string => nodes.get(key)?.name ?? key
  const words = edges.map(({ from, to }) => `<li>${escaped(nameOf(from))} → ${escaped(to.map(nameOf).join(', '))}</li>`)
  const { width, height } = graph.graph()
  return figure({
    name: `Diagram of ${[...nodes.values()].map(({ name }) => name).join(', ')}`,
    ...{ width: Math.ceil(width), height: Math.ceil(height) },
    shapes: [...arrows, ...boxes].join('\n'),
    words: `<ul>${words.join('')}</ul>`,
  })
}

/** A smooth line through the points, from the lower side of one box to the upper side of another. */
function arrow(points: readonly Point[]): string {
  const [first = { x: 0, y: 0 }, ...rest] = points
  const last = rest.at(-1) ?? first
  const at = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`
  let path = `M${at(first)}`
  for (const [index, point] of rest.entries()) {
    const before = rest[index - 1] ?? first
    const middle = (before.y + point.y) / 2
    path += ` C${at({ x: before.x, y: middle })} ${at({ x: point.x, y: middle })} ${at(point)}`
  }
  return `<path class="message" d="${path}"/>${arrowHead(last.x, last.y, { dy: 1 })}`
}
