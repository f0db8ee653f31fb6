// The version of this package, as its package.json says.
import { programManifest } from './program-files.ts'

export const VERSION = (programManifest() as { readonly version: string }).version
