// The version of this package, as its package.json says.
import { readProgramFile } from './program-files.ts'

const manifest: unknown = JSON.parse(readProgramFile('package.json'))

export const VERSION = (manifest as { readonly version: string }).version
