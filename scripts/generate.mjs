// Writes the files that are made from the table of settings; with --check it only says whether they are what they should be.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurationMarkdown, envExample } from '../packages/latchkey/dist/config/document.js'

const root = join(import.meta.dirname, '..')
const files = { 'docs/configuration.md': configurationMarkdown(), '.env.example': envExample() }

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
