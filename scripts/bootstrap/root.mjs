// The folder of this checkout, and the folder in which the bootstrap keeps the records of its last build.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const stampFolder = join(root, 'node_modules', '.cache', 'latchkey')
