// The first token that arrives while the page of the first run watches.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CountedSlot, CountedToken } from '../../api/counted-slot.ts'
import { historyQuery } from '../../api/queries.ts'
import { activityText } from '../../strings/detail.ts'
import { requesterName } from '../detail/requester-name.ts'
import { arrivedSlot, type Generations, generationsOf } from './arrived-slot.ts'

export interface FirstToken {
  readonly scope: string
  readonly token: CountedToken
}

/**
 * Returns the first token that arrived. Still returns that token when a newer token has arrived. `wasThere` is true if
 * the integration existed before: it may then have had tokens already.
 */
export function useFirst(slots: readonly CountedSlot[] | undefined, wasThere: boolean): FirstToken | undefined {
  const before = useRef<Generations | undefined>(wasThere ? undefined : new Map())
  const [first, setFirst] = useState<FirstToken | undefined>()
  useEffect(() => {
    if (slots === undefined) return
    before.current ??= generationsOf(slots)
    const { scope, live } = arrivedSlot(slots, before.current) ?? {}
    if (scope === undefined || live === undefined || live === null) return
    setFirst((known) => known ?? { scope, token: live })
  }, [slots])
  return first
}

/** Returns the name of the caller that requested the token of this generation. */
export function useRequester(clientId: string, scope: string, generation: number): string {
  const { data } = useQuery(historyQuery(clientId, scope))
  const requester = data?.history.find((issuance) => issuance.generation === generation)?.requesters[0]
  return requester === undefined ? activityText.nobody : requesterName(requester)
}
