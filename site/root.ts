// The root of the checkout.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..')

/** @returns the text of a file. `path` is from the root of the checkout. */
export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
