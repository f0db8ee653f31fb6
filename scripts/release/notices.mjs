// The licence texts of everything that a release contains: the packages of the server and of the console, and Node.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { shrinkwrapOf } from './shrinkwrap.mjs'
import { nodeFolder } from './tools.mjs'

/** The workspace packages whose dependencies are part of a release. The console is built into the server. */
const SHIPPED = /** @type {const} */ (['latchkey', 'console'])

/** The console's packages that only build it and do not become part of it. */
const BUILD_TOOLS = /^(?:vite|latchkey|@vitejs\/.*|@types\/.*)$/

/**
 * Returns the text of the file NOTICES. Throws if a package has neither a licence text nor the name of a licence.
 *
 * @returns {string}
 */
export function thirdPartyNotices() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  // The packages of the console are built into its files. For npm they are development dependencies, so the console's
  // own list is used.
  const console = lock.packages['packages/console']
  const built = Object.entries(console.devDependencies).filter(([name]) => !BUILD_TOOLS.test(name))
  console.dependencies = Object.fromEntries(built)
  /** @type {Map<string, string>} */
  const folders = new Map()
  for (const name of SHIPPED) {
    const { packages } = shrinkwrapOf(lock, { name, folder: `packages/${name}`, bundled: [] })
    for (const at of Object.keys(packages)) {
      // npm leaves out packages for other processors and systems.
      const folder = [join(root, 'packages', name, at), join(root, at)].find(existsSync)
      if (at !== '' && !at.includes('@latchkey/') && folder !== undefined) folders.set(folder, at)
    }
  }
  const entries = [...folders.keys()].map(noticeOf)
  const sorted = [...new Set(entries)].sort()
  return [
    'Latchkey is under the Apache License 2.0. It contains the software below, each under its own licence.',
    ...sorted,
    noticeOf(nodeFolder('x64'), 'Node.js'),
  ].join(`\n\n${'-'.repeat(80)}\n\n`)
}

/** @param {string} folder @param {unknown} [title] */
function noticeOf(folder, title) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i.test(file))
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim())
  if (texts.length === 0 && typeof license !== 'string') throw new Error(`${name}@${version} has no licence`)
  return [`${typeof title === 'string' ? title : name} ${version} (${license})`, ...texts].join('\n\n')
}
