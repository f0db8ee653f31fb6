// Debian's Chromium without a window.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

// Chromium would load two extra pages in each window for the suggestions of an invisible address bar: half the cost of
// a window. This flag replaces the flag of Playwright with the same name, so that flag's values are repeated here.
const NOT_WANTED = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'AimEnabled', 'LensOverlay', 'MediaRouter', 'OptimizationHints'],
  ...['NetworkTimeServiceQuerying', 'PreconnectToSearch', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
  ...['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'AvoidCorsURLLoaderRestartOnRedirect'],
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose'],
]

const ARGS = [
  `--disable-features=${NOT_WANTED.join(',')}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the browser, which the caller closes. Throws if Chromium is not installed. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), args: ARGS })
}

function executable(): string {
  const found = (process.env['PATH'] ?? '').split(delimiter).find((folder) => {
    try {
      accessSync(join(folder, 'chromium'), constants.X_OK)
      return true
    } catch {
      return false // not in this folder: the next folder may have it
    }
  })
  if (found === undefined) throw new Error('chromium is not on the PATH')
  return join(found, 'chromium')
}
