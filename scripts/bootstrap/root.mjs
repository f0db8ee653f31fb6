// Where this checkout lies, and where the bootstrap keeps what it knows about it.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const stampFolder = join(root, 'node_modules', '.cache', 'latchkey')
