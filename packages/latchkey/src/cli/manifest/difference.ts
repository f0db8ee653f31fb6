// The difference between what is there and what is declared, in lines that operators know from other tools.
import { quoted } from '../show.ts'
import { printable } from '../terminal.ts'
import type { AppliedEntry } from './apply-chunks.ts'

/** Returns no line for an entry that is as declared. */
export function differenceLines({ kind, name, client_id, action, before, after }: AppliedEntry): readonly string[] {
  if (action === 'keep') return []
  const title = `${kind} ${quoted(name)}${client_id === undefined ? '' : ` (${client_id})`}`
  if (action === 'create') return [`+ ${title}`]
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return [`~ ${title}`, ...members.map((member) => `    ${member}: ${shown(before[member])} → ${shown(after[member])}`)]
}

const shown = (value: unknown): string => (value === undefined ? '-' : printable(JSON.stringify(value)))
