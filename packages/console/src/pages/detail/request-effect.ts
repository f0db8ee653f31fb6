// The effect of a token request on the live token of its scope.
import type { Integration, SlotHistory } from 'latchkey/admin-api'
import type { CountedSlot } from '../../api/counted-slot.ts'
import { clock, count, relative } from '../../components/times.ts'
import { activityText } from '../../strings/detail.ts'
import { tryText as words } from '../../strings/try.ts'
import { requesterName } from './requester-name.ts'

export interface RequestEffect {
  readonly title: string
  /** The token that the request ends. Undefined if it ends none. */
  readonly ends?: string
}

/** Returns the effect of a request. Undefined if the slot is not known yet. */
export function requestEffect(
  { status, issue_mode: mode }: Pick<Integration, 'status' | 'issue_mode'>,
  slot: (CountedSlot & Pick<SlotHistory, 'history'>) | undefined,
  now: number,
): RequestEffect | undefined {
  if (status === 'disabled') return { title: words.disabled }
  if (slot === undefined) return undefined
  const live = slot.live && slot.live.endsAtMs > now ? slot.live : undefined
  if (live === undefined) return { title: words.replacesNothing }
  const left = clock(live.endsAtMs - now)
  if (mode.kind === 'stable') return { title: words.returns(left) }
  const [requester] = slot.history.find(({ generation }) => generation === live.generation)?.requesters ?? []
  const by = requester === undefined ? activityText.nobody : requesterName(requester)
  return {
    title: words.replaces(count(live.generation)),
    ends: words.replaced(relative(live.issued_at, now), by, left),
  }
}
