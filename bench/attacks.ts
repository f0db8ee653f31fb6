// Attacks every listener in every way, and prints the effect on its memory and on honest requests.
//
//   node scripts/bootstrap.mjs run bench/attacks.ts [--seconds N] [--listener NAME] [--attack NAME]
import { parseArgs } from 'node:util'
import { LISTENERS, startListener } from './attacks/listeners.ts'
import { type Measured, measure } from './attacks/measured.ts'
import { makeBenchFolder, removeBenchFolder } from './bench-folder.ts'
import { stopAllChildren } from './children.ts'
import { ATTACKS } from './attacks/attack-names.ts'
import { milliseconds, table, whole } from './table.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, listener: { type: 'string' }, attack: { type: 'string' } },
})

const COLUMNS = [
  { heading: 'Listener', align: 'left' },
  { heading: 'Attack', align: 'left' },
  { heading: 'Memory before', align: 'right' },
  { heading: 'at most', align: 'right' },
  { heading: 'Honest p50', align: 'right' },
  { heading: 'p99', align: 'right' },
  { heading: 'failed', align: 'right' },
  { heading: 'Outcome', align: 'left' },
] as const

const megabytes = (bytes: number): string => `${whole(bytes / 1e6)} MB`

const row = (names: readonly string[], { before, peak, p50, p99, failed, outcome }: Measured): readonly string[] => [
  ...names,
  ...[
    megabytes(before),
    megabytes(peak),
    `${milliseconds(p50)} ms`,
    `${milliseconds(p99)} ms`,
    String(failed),
    outcome,
  ],
]

const folder = makeBenchFolder()
const rows: (readonly string[])[] = []
try {
  for (const name of LISTENERS.filter((each) => values.listener === undefined || values.listener === each)) {
    for (const attack of ATTACKS.filter((each) => values.attack === undefined || values.attack === each)) {
      // Each attack gets a new listener process, so that no attack affects the next one.
      const listener = await startListener(name, folder)
      rows.push(row([name, attack], await measure(listener, attack, Number(values.seconds))))
      process.stderr.write(`${rows.at(-1)?.join(' | ') ?? ''}\n`)
      await listener.stop()
    }
  }
} finally {
  await stopAllChildren()
  removeBenchFolder(folder)
}
process.stdout.write(`${table(COLUMNS, rows).join('\n')}\n`)
