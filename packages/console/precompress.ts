// Writes a Brotli and a gzip form beside each built file, so that the server never compresses while a client waits.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Smaller files do not shrink enough to matter. */
const LEAST_BYTES = 512
// The page of the console is left out, because the server writes a nonce into it.
const COMPRESSED = /\.(?:js|css|svg)$|[\\/]docs[\\/][\w-]+\.html$/

export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir === undefined) throw new Error('The build has no folder to write to.')
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name)
        if (entry.isFile() && COMPRESSED.test(file)) compress(file)
      }
    },
  }
}

function compress(file: string): void {
  const text = readFileSync(file)
  if (text.length < LEAST_BYTES) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  writeFileSync(`${file}.br`, brotliCompressSync(text, { params }))
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
}
