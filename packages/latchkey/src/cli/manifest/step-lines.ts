// Shows the step of one entry of a manifest as lines for people.
import { quoted } from '../show.ts'
import { printable } from '../terminal.ts'
import type { AppliedEntry } from './apply-chunks.ts'

/**
 * Returns the difference between the server and the manifest, with + and ~ as in other tools. An entry that already is
 * as declared has no line.
 */
export function stepLines({ kind, name, client_id, action, before, after }: AppliedEntry): readonly string[] {
  if (action === 'keep') return []
  const title = `${kind} ${quoted(name)}${client_id === undefined ? '' : ` (${client_id})`}`
  const acts = credentialLines(before, after)
  if (action === 'create') return [`+ ${title}`, ...acts]
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !IN_WORDS.has(name))
  const differences = members.map((member) => `    ${member}: ${shown(before[member])} → ${shown(after[member])}`)
  return [`~ ${title}`, ...differences, ...acts]
}

type Members = AppliedEntry['before']

/** The members that `credentialLines` says in words. */
const IN_WORDS: ReadonlySet<string> = new Set(['keys', 'secrets', 'secret'])

interface KeyFacts {
  readonly kid: string
  readonly alg: string
  readonly thumbprint: string
  readonly max_lifetime: number
}

function credentialLines(before: Members, after: Members): readonly string[] {
  const was = (before['keys'] ?? []) as readonly KeyFacts[]
  const is = (after['keys'] ?? []) as readonly KeyFacts[]
  const isIn = (keys: readonly KeyFacts[], key: KeyFacts) => keys.some((one) => shown(one) === shown(key))
  const named = ({ alg, kid, thumbprint }: KeyFacts) => `the ${alg} key ${quoted(kid)} (thumbprint ${thumbprint})`
  const lines = [
    ...((before['secrets'] ?? []) as readonly string[]).map((id) => `ends the secret ${id}`),
    ...was.filter((key) => !isIn(is, key)).map((key) => `ends ${named(key)}`),
    ...is
      .filter((key) => !isIn(was, key))
      .map((key) => `adds ${named(key)}, for assertions of at most ${String(key.max_lifetime)} s`),
  ]
  if (after['secret'] !== undefined) lines.push(SECRETS[after['secret'] as keyof typeof SECRETS])
  return lines.map((line) => `    ${printable(line)}`)
}

const SECRETS = {
  none: 'makes no secret',
  imported: 'adds the secret of this hash',
  generated: 'makes a secret',
} as const

const shown = (value: unknown): string => (value === undefined ? '-' : printable(JSON.stringify(value)))
