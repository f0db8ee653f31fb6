// Debian's Chromium without a window.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Closed by whoever opened it. Throws when there is none. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), args: ARGS })
}

function executable(): string {
  const found = (process.env['PATH'] ?? '').split(delimiter).find((folder) => {
    try {
      accessSync(join(folder, 'chromium'), constants.X_OK)
      return true
    } catch {
      return false // not in this folder: the next one may have it
    }
  })
  if (found === undefined) throw new Error('chromium is not on the PATH')
  return join(found, 'chromium')
}
