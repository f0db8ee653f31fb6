// What axe-core finds on a page: WCAG 2.0 to 2.2, A and AA.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

// A dialog that is still fading in has other contrasts than the one that a person reads.
const SETTLED = `(async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
  const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
  await Promise.allSettled(ending.map(({ finished }) => finished))
})()`

/** In a world of its own: the policy of the page lets no foreign script in, and is not weakened for this. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(SETTLED)
  const devtools = await page.context().newCDPSession(page)
  const { frameTree } = await devtools.send('Page.getFrameTree')
  const { executionContextId } = await devtools.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id })
  await devtools.send('Runtime.evaluate', { expression: AXE, contextId: executionContextId })
  const { result } = await devtools.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ${JSON.stringify(TAGS)} }).then(({ violations }) => JSON.stringify(violations))`,
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
  })
  await devtools.detach()
  const found = JSON.parse(String(result.value)) as Violation[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
}

/** By how many pixels the page is wider than the window; tables scroll in a box of their own. */
export async function overflow(page: Page): Promise<number> {
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  return Math.max(0, width - (page.viewportSize()?.width ?? 0))
}
