// The size of an image in pixels, so that the page does not move when the image has arrived.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.ts'

/** `source` is a PNG, or an SVG with a view box. Throws for others. */
export function imageSize(source: string): { readonly width: number; readonly height: number } {
  const content = readFileSync(join(ROOT, source))
  // Its first chunk begins with both sizes (https://www.w3.org/TR/png-3/#11IHDR).
  if (source.endsWith('.png')) return { width: content.readUInt32BE(16), height: content.readUInt32BE(20) }
  const box = /viewBox="0 0 (\d+) (\d+)"/.exec(content.toString())
  if (box === null) throw new Error(`${source} has no view box that begins with 0 0`)
  return { width: Number(box[1]), height: Number(box[2]) }
}
