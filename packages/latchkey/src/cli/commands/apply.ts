// latchkey apply: changes trusted issuers, scopes, APIs and integrations to the state that a file declares. It deletes
// only issuers, because a file lists either all issuers or none.
import type { Command } from 'commander'
import { adminClient } from '../admin-api/admin-client.ts'
import { command } from '../command.ts'
import { applyChunks, type AppliedEntry } from '../manifest/apply-chunks.ts'
import { type ManifestFile, LISTS, readManifest } from '../manifest/read-manifest.ts'
import { stepLines } from '../manifest/step-lines.ts'
import { showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'

interface ApplyOptions extends Shown {
  readonly file: string
  readonly dryRun?: true
}

export function addApply(latchkey: Command, terminal: Terminal): void {
  command(latchkey, 'apply', {
    does: 'bring trusted issuers, scopes, APIs and integrations to what a file declares; deletes only issuers',
    examples: ['latchkey apply -f latchkey.yaml --dry-run', 'latchkey apply -f latchkey.yaml'],
  })
    .summary('change a server to match a manifest; deletes only issuers')
    .requiredOption('-f, --file <file>', 'YAML or JSON, as latchkey export writes it; - is standard input')
    .option('--dry-run', 'show the changes without making them')
    .addHelpText('after', NOTES)
    .action((options: ApplyOptions) => apply(options, terminal))
}

const NOTES = `
The server applies a hundred entries at a time, each hundred whole or not at
all. After an interruption run the same command again: entries that are as
declared are left alone. An integration is identified by its client_id, or by
its name if the entry has no client_id. A secret is declared by its hash, as
"secret: sha256:…", so that the file contains nothing that could be used.
"secret: none" ends all secrets. "keys" are all public keys of an integration,
as "jwk: {…}" or "file: client.pub.pem": every key that is not listed ends.
"trust" are all its trust rules, each with an issuer and its claims. "issuers"
are all trusted issuers, and need an owner's admin key: an issuer that is not in
the list is deleted, unless trust rules name it. A file without "issuers" leaves
the issuers alone.`

const TO_DO = ['to create', 'to change', 'to delete'] as const
const DONE = ['created', 'changed', 'deleted'] as const

async function apply({ file, dryRun, json }: ApplyOptions, terminal: Terminal): Promise<void> {
  const declared = await readManifest(terminal, file)
  const all = LISTS.reduce((sum, list) => sum + (declared[list]?.length ?? 0), 0)
  const items: AppliedEntry[] = []
  for await (const applied of chunks(terminal, declared, dryRun)) {
    items.push(...applied)
    if (json !== true) for (const line of applied.flatMap(stepLines)) terminal.data(line)
    terminal.progress?.(bar(items.length, all))
  }
  terminal.progress?.('')
  const counted = (action: AppliedEntry['action']) => items.filter((item) => item.action === action).length
  const summary = {
    created: counted('create'),
    updated: counted('update'),
    unchanged: counted('keep'),
    deleted: counted('delete'),
  }
  if (json === true) {
    const changed = items.filter(({ action }) => action !== 'keep')
    showJson(terminal, { dry_run: dryRun === true, ...summary, items: changed })
    return
  }
  const { created, updated, unchanged, deleted } = summary
  const [create, change, remove] = dryRun === true ? TO_DO : DONE
  const deletions = deleted === 0 ? '' : `${String(deleted)} ${remove}, `
  terminal.remark(
    `${String(created)} ${create}, ${String(updated)} ${change}, ${deletions}${String(unchanged)} as declared.`,
  )
}

const chunks = (terminal: Terminal, declared: ManifestFile, dryRun: true | undefined) =>
  applyChunks(adminClient(terminal.env), declared, dryRun === true ? 'dry_run' : 'apply')

const BAR_WIDTH = 30

function bar(done: number, all: number): string {
  const filled = Math.round((BAR_WIDTH * done) / Math.max(all, 1))
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${String(done)} of ${String(all)}`
}
