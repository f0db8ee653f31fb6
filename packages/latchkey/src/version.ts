// The version of this package, from its package.json.
import { programManifest } from './program-files.ts'

export const VERSION = (programManifest() as { readonly version: string }).version
