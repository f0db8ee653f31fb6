// Bundles the server of a past version for `servers/`: `node e2e/upgrades/making/bundle-server.ts CHECKOUT NAME`
//
// CHECKOUT is a checkout of that version; NAME is its version and commit. Only our own code goes into the bundle.
// Third-party packages are imported where the bundle runs. The bundler is the one that comes with Vitest.
import { mkdirSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const [checkout = '', name = ''] = process.argv.slice(2)
const target = join(import.meta.dirname, '../servers', name)

/**
 * Each file becomes its own bundle, because the server starts the second file as a worker thread, from the folder of
 * the first file.
 */
const ENTRIES = {
  'server.js': 'e2e/upgrades/server-process.ts',
  'signing-worker.js': 'packages/latchkey/src/keys/signing-worker.ts',
}

mkdirSync(target, { recursive: true })
for (const [file, entry] of Object.entries(ENTRIES)) {
  const bundle = await rolldown({
    // The comments in the bundle name each module by its path relative to this folder.
    cwd: resolve(checkout),
    input: resolve(checkout, entry),
    platform: 'node',
    resolve: { alias: { '@latchkey/protocol': resolve(checkout, 'packages/protocol/src/index.ts') } },
    external: (id) => !id.startsWith('.') && !isAbsolute(id) && !id.startsWith('@latchkey/'),
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  writeFileSync(join(target, `${file}.br`), brotliCompressSync(output[0].code))
}
