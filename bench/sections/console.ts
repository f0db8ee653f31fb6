// Section: the latency of the console with many integrations.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser } from '../../e2e/browser/chromium.ts'
import { has } from '../../scripts/programs.mjs'
import { filledStore } from '../fill.ts'
import { paintOfList, paintOfSearch, signInAsFirstOwner } from '../paint.ts'
import { startLatchkey } from '../servers/latchkey.ts'
import { median } from '../statistics.ts'
import { whole } from '../table.ts'
import type { SectionContext, SectionResult } from './section.ts'

const TITLE = 'Console'
const ROUNDS = 9

export const LIST_PAINT = 'list, from the click to the painted rows'
export const SEARCH_PAINT = 'search, from the last letter to the painted row'

export async function measureConsole({ effort, folder, progress }: SectionContext): Promise<SectionResult> {
  const { integrations: count } = effort.administration
  if (!has('chromium'))
    return { title: TITLE, note: 'Not measured: there is no chromium here.', contests: [], figures: [] }
  progress(`console: making a store of ${String(count)} integrations`)
  const { dataDir } = await filledStore(folder, 'console', { count, signingAlg: 'ES256', slots: 'live' })
  const server = await startLatchkey({ dataDir, signingAlg: 'ES256', placement: 'all cores' })
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const { adminUrl } = server
    await signInAsFirstOwner(page, { adminUrl, key: readFileSync(join(dataDir, 'admin.key'), 'utf8').trimEnd() })
    progress('console: list and search')
    const [lists, searches]: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round += 1) {
      lists.push(await paintOfList(page, adminUrl))
      // Each round searches for another text, so that no answer comes from a cache.
      searches.push(await paintOfSearch(page, ` ${String(count / 2 + round)}`, 1))
    }
    return {
      title: TITLE,
      note: `The console in Chromium on a server with ${whole(count)} integrations, every slot with a live token: medians of ${String(ROUNDS)} rounds. The page is loaded anew before each list, and nothing of the list was read before.`,
      contests: [],
      figures: [
        { name: LIST_PAINT, value: median(lists), unit: 'ms' },
        { name: SEARCH_PAINT, value: median(searches), unit: 'ms' },
      ],
    }
  } finally {
    await browser.close()
    await server.stop()
  }
}
