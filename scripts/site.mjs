// npm run site: builds the documentation site into dist/site/, where a browser can open it from the disk.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './bootstrap/root.mjs'
import { buildSite } from './release/site.mjs'

const dist = join(root, 'dist')
await buildSite(dist)
process.stdout.write(`The site is ready: ${pathToFileURL(join(dist, 'site', 'index.html')).href}\n`)
