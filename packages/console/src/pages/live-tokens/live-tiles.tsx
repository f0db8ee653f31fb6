// How many tokens live, end and come, in numbers.
import { useQuery } from '@tanstack/react-query'
import type { ServerInterval } from 'latchkey/admin-api'
import { sumOf } from '../../api/activity-sums.ts'
import { lastMinutesQuery, metricsQuery } from '../../api/platform-queries.ts'
import type { CountedSlot } from '../../api/queries.ts'
import { Tile, type TileProps, Tiles } from '../../components/tile.tsx'
import { count } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { pagesText } from '../../strings/pages.ts'
import { liveTokensText as words, platformText } from '../../strings/platform.ts'

const SOON_MS = 60_000

export interface LiveTilesProps {
  /** The next to end first; undefined while they are on their way. */
  readonly loaded: readonly CountedSlot[] | undefined
  readonly hasMore: boolean
}

export function LiveTiles({ loaded, hasMore }: LiveTilesProps) {
  const now = useNow()
  const { data: metrics } = useQuery(metricsQuery)
  const { data: recent } = useQuery(lastMinutesQuery)
  const live = loaded?.filter((slot) => slot.live !== null && slot.live.endsAtMs > now)
  const ending = live?.filter((slot) => slot.live !== null && slot.live.endsAtMs - now < SOON_MS).length
  const minute = recent && lastWhole(recent.minutes, recent.since)
  const inMinute = (number: (interval: ServerInterval) => number): Pick<TileProps, 'value' | 'note'> => {
    if (recent === undefined) return { value: undefined }
    if (minute === undefined) return { value: platformText.nothing, note: platformText.notMeasured }
    return { value: count(number(minute)) }
  }
  return (
    <Tiles label={pagesText.pages.liveTokens} most={5}>
      <Tile
        label={words.tiles.now}
        value={hasMore ? metrics && count(metrics.liveTokens) : live && count(live.length)}
      />
      <Tile
        label={words.tiles.ending}
        value={
          ending === undefined ? undefined : hasMore && ending === live?.length ? words.atLeast(ending) : count(ending)
        }
      />
      <Tile label={words.tiles.issued} {...inMinute(({ issued }) => issued)} />
      <Tile label={words.tiles.superseded} {...inMinute(({ superseded }) => superseded)} />
      <Tile label={words.tiles.refused} {...inMinute(({ refused, denied }) => sumOf(refused) + sumOf(denied))} />
    </Tiles>
  )
}

/** The last interval but the one that still runs; undefined while none was measured from its beginning. */
function lastWhole(minutes: readonly ServerInterval[], since: string): ServerInterval | undefined {
  const minute = minutes.at(-2)
  return minute !== undefined && Date.parse(minute.at) >= Date.parse(since) ? minute : undefined
}
