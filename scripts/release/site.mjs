// Builds the documentation site. Its tools stand in site/package.json, and the first build installs them.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { installOnce } from './tools.mjs'

/**
 * Writes the site into the folder `site` below `dist`. It works from any path of a file server, and from a disk.
 *
 * @param {string} dist an absolute path
 * @returns {Promise<string[]>} the folder, relative to `dist`
 */
export async function buildSite(dist) {
  installOnce(join(root, 'site'))
  const folder = join(dist, 'site')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // Only now: the builder loads the tools when it is imported.
  const { writeSite } = await import('../../site/build-site.ts')
  writeSite(folder)
  return ['site/']
}
