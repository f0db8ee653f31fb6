// Builds the documentation site. Its tools stand in site/package.json, and the first build installs them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'

/**
 * Writes the site into the folder `site` below `dist`. It works from any path of a file server, and from a disk.
 *
 * @param {string} dist an absolute path
 * @returns {Promise<string[]>} the folder, relative to `dist`
 */
export async function buildSite(dist) {
  installTools()
  const folder = join(dist, 'site')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // Only now: the builder loads the tools when it is imported.
  const { writeSite } = await import('../../site/build-site.ts')
  writeSite(folder)
  return ['site/']
}

function installTools() {
  const folder = join(root, 'site')
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const stamp = join(folder, 'node_modules', '.latchkey-installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' })
  writeFileSync(stamp, wanted)
}
