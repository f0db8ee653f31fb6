// The last issuances of a slot as a row of bars: the height shows for how much of its lifetime a token was live, and
// the letter shows which caller requested it. Arrow keys walk through the bars.
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Requester, SlotHistory } from 'latchkey/admin-api'
import { type KeyboardEvent, useId, useState } from 'react'
import { serverQuery } from '../../api/queries.ts'
import { indexAfterKey } from '../../components/chart-text.ts'
import { count, duration, exact } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { activityText, timelineText as words } from '../../strings/detail.ts'
import { type IssuanceBar, issuanceBars } from './issuance-bars.ts'
import type { AnyCredential } from './any-credential.ts'
import { provenName, requesterName } from './requester-name.ts'
import { useCredentials } from './use-credentials.ts'

export function IssuanceTimeline({ slot, title }: { readonly slot: SlotHistory; readonly title: string }) {
  const { data: server } = useQuery(serverQuery)
  const now = useNow()
  const id = useId()
  const [generation, setGeneration] = useState<number>()
  const { credentials = [] } = useCredentials(slot.integration_id)
  if (server === undefined) return null
  const bars = issuanceBars(slot, server.token_lifetime_seconds * 1000, now)
  const last = bars.length - 1
  // The newest one is selected until the operator selects another.
  const found = bars.findIndex((bar) => bar.generation === generation)
  const selected = found === -1 ? last : found
  const bar = bars[selected]
  if (bar === undefined) return null
  const sentence = (one: IssuanceBar): string => sentenceOf(one, credentials)
  const step = (event: KeyboardEvent) => {
    const { key } = event
    const to = key === 'Home' ? 0 : key === 'End' ? last : indexAfterKey(key, selected, bars.length)
    if (to === undefined) return
    event.preventDefault()
    setGeneration(bars[to]?.generation)
  }
  return (
    <>
      <div
        className="issuances"
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={1}
        aria-valuemax={bars.length}
        aria-valuenow={selected + 1}
        aria-valuetext={sentence(bar)}
        aria-describedby={id}
        onKeyDown={step}
      >
        {bars.map((one, index) => (
          <div
            key={one.generation}
            className="issuance"
            data-selected={index === selected}
            data-live={one.fate.is === 'live'}
            data-early={one.fate.is === 'replaced' && one.share < 0.5}
            title={sentence(one)}
            onClick={() => setGeneration(one.generation)}
          >
            <span className="issuance-track">
              <span style={{ height: `${Math.max(3, Math.round(one.share * 100))}%` }} />
            </span>
            <span>{one.letter}</span>
          </div>
        ))}
      </div>
      <Text size="sm" className="wrap">
        {sentence(bar)}
      </Text>
      <Text size="sm" c="dimmed">
        {callers(bars)
          .map(({ letter, by }) => `${letter}: ${provenName(by, credentials)}`)
          .join(' · ')}
      </Text>
      <Text size="sm" c="dimmed" id={id}>
        {words.line}
      </Text>
    </>
  )
}

interface Caller {
  readonly letter: string
  readonly by: Requester
}

function callers(bars: readonly IssuanceBar[]): readonly Caller[] {
  const byLetter = new Map(
    bars.flatMap(({ letter, by }) => (by === undefined ? [] : [[letter, { letter, by }] as const])),
  )
  return [...byLetter.values()].toSorted((one, other) => (one.letter < other.letter ? -1 : 1))
}

function sentenceOf(
  { generation, issuedAt, by, fate, replacedBy }: IssuanceBar,
  known: readonly AnyCredential[],
): string {
  const to = by === undefined ? activityText.nobody : provenName(by, known)
  const begun = words.issued(count(generation), exact(issuedAt), to)
  switch (fate.is) {
    case 'live':
      return `${begun} ${words.live}`
    case 'over':
      return `${begun} ${words.over}`
    case 'replaced': {
      const after = fate.livedMs < 1000 ? activityText.lessThanASecond : duration(fate.livedMs)
      return `${begun} ${words.replaced(after, nameOf(replacedBy))}${fate.isInGrace ? ` ${words.grace}` : ''}`
    }
  }
}

const nameOf = (requester: Requester | undefined): string =>
  requester === undefined ? activityText.nobody : requesterName(requester)
