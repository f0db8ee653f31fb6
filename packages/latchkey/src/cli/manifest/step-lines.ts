// Shows as lines for people what the server did with one entry of a manifest.
import { matcherText } from '@latchkey/protocol'
import type { KeySource, TrustRule } from '../../http/contract/admin-api.ts'
import { quoted } from '../show.ts'
import { printable } from '../terminal.ts'
import type { AppliedEntry } from './apply-chunks.ts'

/**
 * Returns the lines for one entry: `+` for a creation, `~` for a change and `-` for a deletion. An entry without a
 * difference has no line.
 */
export function stepLines({ kind, name, client_id, action, before, after }: AppliedEntry): readonly string[] {
  if (action === 'keep') return []
  const title = `${kind} ${quoted(name)}${client_id === undefined ? '' : ` (${client_id})`}`
  const acts = kind === 'issuer' ? [] : credentialLines(before, after)
  if (action === 'delete') return [`- ${title}`]
  if (action === 'create') return [`+ ${title}`, ...acts]
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => kind === 'issuer' || !IN_WORDS.has(name),
  )
  const differences = members.map((member) => `    ${member}: ${shown(before[member])} → ${shown(after[member])}`)
  return [`~ ${title}`, ...differences, ...acts]
}

type Members = AppliedEntry['before']

/** The members that `credentialLines` describes in words. */
const IN_WORDS: ReadonlySet<string> = new Set(['keys', 'jwks_uri', 'trust', 'secrets', 'secret'])

interface KeyFacts {
  readonly kid: string
  readonly alg: string
  readonly thumbprint: string
  readonly max_lifetime: number
}

type SourceFacts = Pick<KeySource, 'uri' | 'algorithms' | 'max_lifetime'>

const listOf = (value: unknown): readonly unknown[] => (value === undefined || value === null ? [] : [value])

type RuleFacts = Pick<TrustRule, 'issuer' | 'claims' | 'reuse' | 'max_lifetime'>

function credentialLines(before: Members, after: Members): readonly string[] {
  const key = ({ alg, kid, thumbprint }: KeyFacts) => `the ${alg} key ${quoted(kid)} (thumbprint ${thumbprint})`
  const rule = ({ issuer, claims }: RuleFacts) =>
    `the trust rule of ${quoted(issuer)} with ${claims.map(matcherText).join('; ')}`
  const keys = movedIn<KeyFacts>(before['keys'], after['keys'])
  const sources = movedIn<SourceFacts>(listOf(before['jwks_uri']), listOf(after['jwks_uri']))
  const rules = movedIn<RuleFacts>(before['trust'], after['trust'])
  const lines = [
    ...((before['secrets'] ?? []) as readonly string[]).map((id) => `ends the secret ${id}`),
    ...keys.ended.map((one) => `ends ${key(one)}`),
    ...sources.ended.map(({ uri }) => `ends the jwks_uri ${uri}`),
    ...rules.ended.map((one) => `ends ${rule(one)}`),
    ...keys.added.map((one) => `adds ${key(one)}, for assertions of at most ${String(one.max_lifetime)} s`),
    ...sources.added.map(
      ({ uri, max_lifetime: seconds }) =>
        `fetches the keys from ${uri}, for assertions of at most ${String(seconds)} s`,
    ),
    ...rules.added.map(
      (one) => `adds ${rule(one)}, for assertions of at most ${String(one.max_lifetime)} s${REUSES[one.reuse]}`,
    ),
  ]
  if (after['secret'] !== undefined) lines.push(SECRETS[after['secret'] as keyof typeof SECRETS])
  return lines.map((line) => `    ${printable(line)}`)
}

/** Returns what is only in the first list, and what is only in the second. */
function movedIn<Facts>(before: unknown, after: unknown): { readonly ended: Facts[]; readonly added: Facts[] } {
  const [was, is] = [(before ?? []) as readonly Facts[], (after ?? []) as readonly Facts[]]
  const without = (facts: readonly Facts[], others: readonly Facts[]) =>
    facts.filter((one) => !others.some((other) => shown(other) === shown(one)))
  return { ended: without(was, is), added: without(is, was) }
}

const REUSES = { until_expiry: '', once: ', each used once' } as const

const SECRETS = {
  none: 'makes no secret',
  imported: 'adds the secret of this hash',
  generated: 'makes a secret',
} as const

const shown = (value: unknown): string => (value === undefined ? '-' : printable(JSON.stringify(value)))
