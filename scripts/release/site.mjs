// Builds the documentation site. Its tools are in site/package.json, and the first build installs them.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { installOnce } from './tools.mjs'

/**
 * Writes the site into the folder `site` below `dist`. The site works under any path of a file server, and when opened
 * as files.
 * @param {string} dist an absolute path
 * @returns {Promise<string[]>} the folder, relative to `dist`
 */
export async function buildSite(dist) {
  installOnce(join(root, 'site'))
  const folder = join(dist, 'site')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // Imported only after the installation, because the builder imports the tools.
  const { writeSite } = await import('../../site/build-site.ts')
  writeSite(folder)
  return ['site/']
}
