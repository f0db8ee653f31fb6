// Runs axe-core on a page: WCAG 2.0 to 2.2, A and AA, in both colour schemes, wide and narrow.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { settle } from './complete.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

export interface Look {
  readonly scheme: 'light' | 'dark'
  /** The width of the window in pixels: 320 is a small phone, and a window of 1280 at 400 %. */
  readonly width: 1440 | 1280 | 390 | 320
}

const looksOf = (widths: readonly Look['width'][]): readonly Look[] =>
  (['light', 'dark'] as const).flatMap((scheme) => widths.map((width) => ({ scheme, width })))

export const LOOKS = looksOf([1280, 320])
/** A large window and a usual phone. */
export const USUAL_LOOKS = looksOf([1440, 390])

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/**
 * Returns all problems of the page as shown now, in each scheme and width: axe's violations, and elements that make
 * it scroll sideways. Calls `picture` for each.
 */
export async function faultsOf(
  page: Page,
  looks: readonly Look[] = LOOKS,
  picture: (look: Look) => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly string[]> {
  // axe runs in an isolated world, because the policy of the page allows no other script, and the test must not weaken
  // the policy.
  const devtools = await page.context().newCDPSession(page)
  const { frameTree } = await devtools.send('Page.getFrameTree')
  const { executionContextId: contextId } = await devtools.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })
  await devtools.send('Runtime.evaluate', { expression: AXE, contextId })
  const expression = `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })
    .then(({ violations }) => JSON.stringify(violations))`
  const faults: string[] = []
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look.scheme })
    await page.setViewportSize({ width: look.width, height: 900 })
    await settle(page)
    const { result } = await devtools.send('Runtime.evaluate', {
      ...{ expression, contextId, awaitPromise: true, returnByValue: true },
    })
    const at = `${look.scheme}, ${String(look.width)} px`
    for (const { id, nodes } of JSON.parse(String(result.value)) as Violation[])
      for (const { html, failureSummary } of nodes) faults.push(`${at}: ${id}: ${html}\n${failureSummary}`)
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    if (width > look.width) faults.push(`${at}: the page is ${String(width)} pixels wide`)
    await picture(look)
  }
  await devtools.detach()
  return faults
}
