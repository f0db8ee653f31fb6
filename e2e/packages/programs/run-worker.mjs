// Bundles the Cloudflare Worker whose path is the argument, runs it in workerd, and prints its URL.
import process from 'node:process'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

const { outputFiles } = await build({
  entryPoints: process.argv.slice(2),
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'neutral',
  external: ['node:*'],
})
const miniflare = new Miniflare({
  modules: true,
  script: outputFiles[0].text,
  // Workers have node:fs from 2025-09-01 on. The guard must not need it.
  compatibilityDate: '2024-09-23',
  compatibilityFlags: ['nodejs_compat'],
  cf: false,
  bindings: { SERVER: process.env.SERVER },
})
console.log(String(await miniflare.ready))
process.once('SIGTERM', () => void miniflare.dispose().then(() => process.exit(0)))
