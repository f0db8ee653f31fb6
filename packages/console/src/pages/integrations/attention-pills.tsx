// Shows as pills why an integration needs attention. The filters of the list use the same words.
import type { Integration } from 'latchkey/admin-api'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { duration, exact, relative } from '../../components/times.ts'
import { t } from '../../strings.ts'

type Reason = Integration['attention'][number]

const TONES: Readonly<Record<Reason['kind'], Tone>> = {
  contended: 'danger',
  secret_ends: 'warning',
  refusals_rising: 'warning',
  rotating: 'quiet',
  unused: 'quiet',
}

export function AttentionPills({ reasons }: { readonly reasons: readonly Reason[] }) {
  if (reasons.length === 0) return null
  const now = Date.now()
  return (
    <div className="pills">
      {reasons.map((reason) => (
        <span key={reason.kind} title={titleOf(reason)}>
          <StatusWord tone={TONES[reason.kind]}>{wordsOf(reason, now)}</StatusWord>
        </span>
      ))}
    </div>
  )
}

const titleOf = ({ kind, at }: Reason): string =>
  at === null ? t.list.attention.meanings[kind] : `${t.list.attention.meanings[kind]} (${exact(at)})`

/** Returns the reason in the words of the list, such as `Secret ends in 3 d`. */
export function wordsOf({ kind, at }: Reason, now: number): string {
  const words = t.list.attention
  const left = at === null ? undefined : Date.parse(at) - now
  switch (kind) {
    case 'secret_ends':
      if (left === undefined || at === null) return words.kinds.secret_ends
      return left > 0 ? words.secretEnds(relative(at, now)) : words.secretEnded
    case 'rotating':
      return left === undefined || left <= 0 ? words.twoSecrets : words.oldSecret(single(left))
    case 'unused':
      return left === undefined ? words.kinds.unused : words.unusedFor(single(-left))
    case 'contended':
    case 'refusals_rising':
      return words.kinds[kind]
  }
}

/** Returns the duration in its largest unit only, such as `23 h`. */
const single = (ms: number): string => duration(ms).split(' ').slice(0, 2).join(' ')
