// How the console is built: into the latchkey package, every file with a compressed form beside it.
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { docsHeadings, docsPages } from './docs-pages.ts'
import { precompress } from './precompress.ts'
import { preloadFont } from './preload-font.ts'

/**
 * A module goes into the common file if at least this many pages and dialogs share it. Found by measuring the first
 * load of the list.
 */
const SHARED_BY = 11

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), preloadFont(), docsPages(), docsHeadings(), precompress()],
  // The console is built from the source of the package, so that its build does not wait for the compiler.
  resolve: { alias: { '@latchkey/protocol': join(import.meta.dirname, '../protocol/src/index.ts') } },
  build: {
    outDir: join(import.meta.dirname, '../latchkey/dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    // No file is inlined: the content security policy would have to allow its `data:` address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    // One file has the code that most pages share. Many small files would cost more in headers and compress worse.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: SHARED_BY }] } } },
  },
})
