// Writes the files that are generated from the table of settings, the admin API and the table of its problems. With
// --check it only reports whether the files are up to date.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../packages/latchkey/dist/server/start-server.js'
import { configurationMarkdown, envExample } from '../packages/latchkey/dist/config/document.js'
import { readConfig } from '../packages/latchkey/dist/config/read-config.js'
import { problemMarkdown } from '../packages/latchkey/dist/http/admin/problems/problem-page.js'
import { createLogger } from '../packages/latchkey/dist/log.js'

const root = join(import.meta.dirname, '..')
const files = {
  'docs/configuration.md': configurationMarkdown(),
  '.env.example': envExample(),
  'docs/openapi.json': await openApiDocument(),
  'docs/problems.md': problemMarkdown(),
}

/** Starts a server on a temporary folder and free ports, reads the document from it, and stops it. */
async function openApiDocument() {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-generate-'))
  const settings = {
    DATA_DIR: dataDir,
    PORT: '0',
    ADMIN_PORT: '0',
    SIGNING_ALG: 'ES256',
    DEMO: 'off',
    LOG_LEVEL: 'silent',
  }
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`LATCHKEY_${name}`, value]))
  const config = readConfig({ env, flags: {} })
  if (!config.ok) throw new Error(JSON.stringify(config.refusal))
  const server = await startServer(config.value, createLogger(config.value.log))
  try {
    const response = await fetch(`${server.adminUrl}/admin/v1/openapi.json`)
    return `${JSON.stringify(await response.json(), undefined, 2)}\n`
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** @param {string} file @returns {string | undefined} */
function contentOf(file) {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch {
    return undefined // not generated yet
  }
}

const stale = Object.entries(files).filter(([file, text]) => contentOf(file) !== text)
if (!process.argv.includes('--check')) for (const [file, text] of stale) writeFileSync(join(root, file), text)
else if (stale.length > 0) {
  console.error(`${stale.map(([file]) => file).join(' and ')} out of date: run npm run generate.`)
  process.exitCode = 1
}
