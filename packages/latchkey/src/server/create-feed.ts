// The feed that guards follow. It tells them of changed slots and of changed signing keys.
import { FeedStreams } from '../http/public/feed/feed-streams.ts'
import type { KeySet } from '../keys/key-set.ts'
import type { LoadedStore } from './load-store.ts'
import type { Start } from './start.ts'

/** `keySet` must follow the store already: the feed reads it when it announces changed keys. */
export function createFeed({ clock, logger }: Start, store: LoadedStore, keySet: KeySet): FeedStreams {
  const { integrations, slotChanges, signingKeys } = store
  const kids = (): readonly string[] => keySet.jwks().keys.map(({ kid }) => kid)
  const feed = new FeedStreams({ changes: slotChanges, integrations, clock, logger, kids })
  signingKeys.onChange(() => {
    feed.tellKeys()
  })
  return feed
}
