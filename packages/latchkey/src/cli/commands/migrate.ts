// latchkey migrate: shows the schema of the PostgreSQL database and brings it up to date.
import type { Command } from 'commander'
import { readDatabaseConfig } from '../../config/database-url.ts'
import type { DatabaseSchema } from '../../server/offline-stores.ts'
import { CliFailure, configurationUnusable, EXIT } from '../cli-failure.ts'
import { command } from '../command.ts'
import { orDash, showDone, showJson, type Shown } from '../show.ts'
import { type Column, showTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export function addMigrate(latchkey: Command, terminal: Terminal): void {
  const migrate = latchkey
    .command('migrate')
    .description('the schema of the PostgreSQL database')
    .helpCommand(false)
    .addHelpText('after', NOTES)
  const status = {
    does: 'show which steps the database has and which are missing; changes nothing',
    examples: ['latchkey migrate status', 'latchkey migrate status --json'],
  }
  command(migrate, 'status', status).action(async ({ json }: Shown) => {
    const { applied, pending } = await withSchema(terminal, (schema) => schema.status())
    const steps: readonly Step[] = [
      ...applied.map(({ number, name, appliedAt }) => ({
        number,
        name,
        state: 'applied' as const,
        applied_at: appliedAt,
      })),
      ...pending.map(({ number, name }) => ({ number, name, state: 'missing' as const, applied_at: null })),
    ]
    if (json === true) showJson(terminal, { steps })
    else showTable(terminal, steps, { columns: COLUMNS })
  })
  const up = {
    does: 'apply the missing steps, as a server does when it starts',
    examples: ['latchkey migrate up --dry-run', 'latchkey migrate up'],
  }
  command(migrate, 'up', up)
    .option('--dry-run', 'show what would be applied, as SQL, and change nothing')
    .action(async ({ dryRun, ...shown }: Shown & { readonly dryRun?: true }) => {
      if (dryRun === true) {
        const { pending } = await withSchema(terminal, (schema) => schema.status())
        if (shown.json === true)
          showJson(terminal, { steps: pending.map(({ number, name, sql }) => ({ number, name, sql })) })
        else if (pending.length === 0) terminal.remark(UP_TO_DATE)
        else {
          for (const { number, name, sql } of pending)
            terminal.data(`-- step ${String(number)}: ${name}\n${sql.trim()}`)
          terminal.remark(
            'Nothing was changed. "latchkey migrate up" runs each step in the schema latchkey, in a transaction that records it.',
          )
        }
        return
      }
      const made = await withSchema(terminal, (schema) => schema.migrate())
      const steps = made.map(({ number, name }) => ({ number, name }))
      const said =
        made.length === 0
          ? UP_TO_DATE
          : `Applied ${made.map(({ number, name }) => `step ${String(number)} (${name})`).join(', ')}.`
      showDone(terminal, shown, { document: { steps }, said })
    })
}

const UP_TO_DATE = 'Nothing to do: the schema is up to date.'

interface Step {
  readonly number: number
  readonly name: string
  readonly state: 'applied' | 'missing'
  readonly applied_at: string | null
}

const COLUMNS: readonly Column<Step>[] = [
  { heading: 'STEP', value: ({ number }) => String(number), narrow: 'kept' },
  { heading: 'NAME', value: ({ name }) => name, narrow: 'cut' },
  {
    heading: 'STATE',
    value: ({ state }) => state,
    narrow: 'kept',
    colour: ({ state }) => (state === 'applied' ? 'green' : 'yellow'),
  },
  { heading: 'APPLIED', value: ({ applied_at }) => orDash(applied_at) },
]

async function withSchema<Value>(terminal: Terminal, act: (schema: DatabaseSchema) => Promise<Value>): Promise<Value> {
  const url = readDatabaseConfig(terminal.env)
  if (!url.ok) throw configurationUnusable(url.refusal)
  // The database is imported only here, because the other commands need no database.
  const { databaseSchema } = await import('../../server/offline-stores.ts')
  try {
    return await act(databaseSchema(url.value))
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new CliFailure({ code: 'migration_failed', exitCode: EXIT.failure, message })
  }
}

const NOTES = `
The database is the one in LATCHKEY_DATABASE_URL. A step is applied whole or not
at all, even if several programs apply it at once. Steps only go forward: a
version that is too old for the schema refuses to start.`
