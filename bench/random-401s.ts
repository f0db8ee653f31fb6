// Measures how a fleet that does not share its token ends its own tokens, and draws the result for docs/random-401s.md.
// node scripts/bootstrap.mjs run bench/random-401s.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeBenchFolder, removeBenchFolder } from './bench-folder.ts'
import { stopAllChildren } from './children.ts'
import { startLatchkey } from './servers/latchkey.ts'
import { startFleet, summary, type FleetResult } from '../e2e/fleet/fleet.ts'
import type { Assignment } from '../e2e/fleet/assignment.ts'
import { createIntegration, PREDICT } from '../e2e/integrations.ts'

const DOCS = join(import.meta.dirname, '../docs')
const SIZE = 50
const LIFETIME_SECONDS = 10
const FOR_MS = 30_000
const CALL_EVERY_MS = 1000
const BEGIN = '<!-- measured by bench/random-401s.ts -->'
const END = '<!-- end -->'

interface Bar {
  readonly name: string
  readonly result: FleetResult
}

async function measure(folder: string): Promise<readonly Bar[]> {
  const dataDir = join(folder, 'random-401s')
  const desired = {
    dataDir,
    signingAlg: 'ES256',
    placement: 'all cores',
    tokenLifetimeSeconds: LIFETIME_SECONDS,
  } as const
  const server = await startLatchkey(desired)
  const { tokenUrl, verifyUrl, adminUrl } = server
  const bars: Bar[] = []
  const clients = [
    ['each process on its own', { kind: 'naive' }],
    ['@latchkey/client, file store', { kind: 'file', folder: join(folder, 'tokens') }],
  ] as const
  for (const [name, client] of clients) {
    const { clientId, clientSecret } = await createIntegration({ adminUrl, dataDir })
    const apiUrl = `${verifyUrl}?scope=${PREDICT}`
    const secret = clientSecret.reveal()
    const pace = { forMs: FOR_MS, callEveryMs: CALL_EVERY_MS }
    const assignment: Assignment = { client, tokenUrl, apiUrl, clientId, clientSecret: secret, scope: PREDICT, ...pace }
    const fleet = await startFleet(SIZE, assignment)
    bars.push({ name, result: summary(await fleet.reports) })
  }
  await server.stop()
  return bars
}

const number = (value: number): string => value.toLocaleString('en-US')

function table(bars: readonly Bar[]): string {
  const rows = bars.map(({ name, result }) => {
    const { calls, refused, failed, tokenRequests } = result
    return `| ${[name, number(calls), number(refused), number(failed), number(tokenRequests)].join(' | ')} |`
  })
  return [
    '| Client | API calls | answered 401 | failed for good | token requests |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n')
}

const WIDTH = 720
const LEFT = 250
const ROW = 26

// The chart follows the colour scheme of the page that shows it.
const STYLE = `<style>
.paper { fill: #fff } text { fill: #212529 } .refused { fill: #c2410c } .requests { fill: #1864ab }
@media (prefers-color-scheme: dark) {
.paper { fill: #242424 } text { fill: #d0d0d0 } .refused { fill: #ff922b } .requests { fill: #4dabf7 }
}
</style>`

/** Draws two bars for each client, on one scale. */
function chart(bars: readonly Bar[]): string {
  const lines = bars.flatMap(({ name, result }) => [
    { label: `${name}: 401s`, value: result.refused, kind: 'refused' },
    { label: 'token requests', value: result.tokenRequests, kind: 'requests' },
  ])
  const most = Math.max(...lines.map(({ value }) => value))
  const drawn = lines.map(({ label, value, kind }, index) => {
    const y = 40 + index * ROW + Math.floor(index / 2) * 10
    const width = Math.max(1, Math.round((value / most) * (WIDTH - LEFT - 80)))
    return [
      `<text x="${String(LEFT - 8)}" y="${String(y + 13)}" text-anchor="end">${label}</text>`,
      `<rect x="${String(LEFT)}" y="${String(y)}" width="${String(width)}" height="18" class="${kind}"/>`,
      `<text x="${String(LEFT + width + 6)}" y="${String(y + 13)}">${number(value)}</text>`,
    ].join('\n')
  })
  const title = `${String(SIZE)} processes, one integration, ${String(FOR_MS / 1000)} s, tokens of ${String(LIFETIME_SECONDS)} s`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(60 + lines.length * ROW + 10)}" role="img" aria-label="${title}" font-family="sans-serif" font-size="12">
${STYLE}
<rect width="100%" height="100%" class="paper"/>
<text x="12" y="22" font-weight="bold">${title}</text>
${drawn.join('\n')}
</svg>
`
}

const folder = makeBenchFolder()
try {
  const bars = await measure(folder)
  const text = table(bars)
  process.stdout.write(`${text}\n`)
  writeFileSync(join(DOCS, 'images/random-401s.svg'), chart(bars))
  const page = join(DOCS, 'random-401s.md')
  const [before, rest = ''] = readFileSync(page, 'utf8').split(BEGIN)
  writeFileSync(page, `${before ?? ''}${BEGIN}\n\n${text}\n\n${END}${rest.split(END)[1] ?? ''}`)
} finally {
  await stopAllChildren()
  removeBenchFolder(folder)
}
