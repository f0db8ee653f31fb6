// The numbers of live, expiring and new tokens.
import { useQuery } from '@tanstack/react-query'
import type { ServerInterval } from 'latchkey/admin-api'
import { sumOf } from '../../api/activity-sums.ts'
import { lastMinutesQuery, metricsQuery } from '../../api/platform-queries.ts'
import type { CountedSlot } from '../../api/counted-slot.ts'
import { Tile, type TileProps, Tiles } from '../../components/tile.tsx'
import { count, exact } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { pagesText } from '../../strings/pages.ts'
import { liveTokensText as words, platformText } from '../../strings/platform.ts'
import { lastWholeMinute, liveNumbers } from './live-numbers.ts'

export interface LiveTilesProps {
  /** The slots, the next to expire first. Undefined while they are loaded. */
  readonly loaded: readonly CountedSlot[] | undefined
  readonly hasMore: boolean
}

export function LiveTiles({ loaded, hasMore }: LiveTilesProps) {
  const now = useNow()
  const { data: metrics } = useQuery(metricsQuery)
  const { data: recent } = useQuery(lastMinutesQuery)
  const numbers = loaded && liveNumbers(loaded, now)
  const minute = recent && lastWholeMinute(recent.minutes, recent.since)
  const inMinute = (number: (interval: ServerInterval) => number): Pick<TileProps, 'value' | 'note'> => {
    if (recent === undefined) return { value: undefined }
    if (minute === undefined) return { value: platformText.nothing, note: platformText.notMeasured }
    return { value: count(number(minute)), note: words.minuteFrom(exact(minute.at).slice(11, 16)) }
  }
  return (
    <Tiles label={pagesText.pages.liveTokens} most={5}>
      <Tile
        label={words.tiles.now}
        value={hasMore ? metrics && count(metrics.liveTokens) : numbers && count(numbers.live)}
      />
      <Tile
        label={words.tiles.ending}
        value={numbers && (hasMore && numbers.ending === numbers.live ? words.atLeast : count)(numbers.ending)}
      />
      <Tile label={words.tiles.issued} {...inMinute(({ issued }) => issued)} />
      <Tile label={words.tiles.superseded} {...inMinute(({ superseded }) => superseded)} />
      <Tile label={words.tiles.refused} {...inMinute(({ refused, denied }) => sumOf(refused) + sumOf(denied))} />
    </Tiles>
  )
}
