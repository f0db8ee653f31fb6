// Copies the pictures for docs/console.md from the last browser tests. First run e2e/browser/accessibility.test.ts.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const PICTURES = {
  integrations: 'integrations-light-1280',
  integration: 'overview-tab-light-1280',
  authentication: 'authentication-light-1280',
  'try-it': 'try-tokens-light-1280',
  'live-tokens': 'live-tokens-dark-1280',
  overview: 'overview-light-1280',
  operators: 'operators-light-1280',
}

mkdirSync(join(root, 'docs/pictures'), { recursive: true })
for (const [name, made] of Object.entries(PICTURES))
  copyFileSync(join(root, 'coverage/screenshots', `${made}.png`), join(root, 'docs/pictures', `${name}.png`))
