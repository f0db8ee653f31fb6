// Builds the executables. Each is one file that contains Node, the bundled program, the programs of its threads, and
// its other files.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { thirdPartyNotices } from './notices.mjs'
import { ARCHITECTURES, installReleaseTools, nodeFolder } from './tools.mjs'

const LATCHKEY = join(root, 'packages', 'latchkey')

/** The threads' programs, as src/program-files.ts names them. */
const THREADS = ['storage/sqlite/worker', 'keys/signing-worker']

/**
 * These packages are not bundled: the native Argon2, which the program loads only on a Node without it, and libpq for
 * pg, which is optional.
 */
const NOT_INSIDE = ['@node-rs/argon2', 'pg-native']

/**
 * Writes `bin/latchkey-linux-x64` and `bin/latchkey-linux-arm64` below `dist`.
 *
 * @param {string} dist an absolute path
 * @param {{ architectures?: readonly import('./tools.mjs').Architecture[] }} [options]
 * @returns {string[]} the files, relative to `dist`
 */
export function buildExecutables(dist, { architectures = ARCHITECTURES } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'latchkey-executable-'))
  try {
    writeFileSync(join(work, 'NOTICES'), thirdPartyNotices())
    const assets = { ...bundleThreads(work), ...consoleFiles(), 'package.json': join(LATCHKEY, 'package.json') }
    bundle(join(LATCHKEY, 'bin', 'latchkey.js'), join(work, 'main.mjs'), 'esm')
    mkdirSync(join(dist, 'bin'), { recursive: true })
    return architectures.map((architecture) => {
      const file = `bin/latchkey-linux-${architecture}`
      const config = join(work, `${architecture}.json`)
      writeFileSync(
        config,
        JSON.stringify({
          // The path is relative, because it becomes part of the executable.
          main: 'main.mjs',
          mainFormat: 'module',
          executable: join(nodeFolder(architecture), 'bin', 'node'),
          output: join(dist, file),
          disableExperimentalSEAWarning: true,
          // A code cache fits only the Node that made it, and the executable may be for another processor.
          useCodeCache: false,
          // Flags for Node on the command line must not change what the server does.
          execArgvExtension: 'none',
          assets: { ...assets, NOTICES: join(work, 'NOTICES') },
        }),
      )
      execFileSync(join(nodeFolder('x64'), 'bin', 'node'), ['--build-sea', config], { cwd: work, stdio: 'pipe' })
      return file
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * Bundles the programs of the threads.
 * @param {string} work @returns {Record<string, string>} the bundled programs by their names
 */
const bundleThreads = (work) =>
  Object.fromEntries(
    THREADS.map((program) => {
      const bundled = join(work, `${program.replaceAll('/', '-')}.cjs`)
      return [program, bundle(join(LATCHKEY, 'dist', `${program}.js`), bundled, 'cjs')]
    }),
  )

/** @returns {Record<string, string>} the files of the built console, by their names inside the executable */
function consoleFiles() {
  const folder = join(LATCHKEY, 'dist', 'console')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter((name) => statSync(join(folder, name)).isFile())
  return Object.fromEntries(files.map((name) => [`console/${name}`, join(folder, name)]))
}

/** Bundles a program into one file. @param {string} entry @param {string} outfile @param {'esm' | 'cjs'} format */
function bundle(entry, outfile, format) {
  const esbuild = createRequire(join(installReleaseTools(), 'package.json'))('esbuild')
  esbuild.buildSync({
    ...{ entryPoints: [entry], outfile, format, bundle: true, platform: 'node', target: 'node26' },
    ...{ external: NOT_INSIDE, logLevel: 'error', legalComments: 'none', keepNames: true },
    // CommonJS packages in the bundle call `require` for modules of Node, which an ES module does not have.
    ...(format === 'esm' && {
      banner: {
        js: "import { createRequire as latchkeyRequire } from 'node:module'; const require = latchkeyRequire('/');",
      },
    }),
    // A thread of the executable reads no file next to its code, so its URL may be any.
    ...(format === 'cjs' && { define: { 'import.meta.url': '"file:///"' } }),
  })
  return outfile
}
