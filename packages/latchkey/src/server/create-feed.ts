// The feed that guards follow. It tells them of changed slots and of changed signing keys.
import { FeedStreams } from '../http/public/feed/feed-streams.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { LoadedStore } from './load-store.ts'
import type { Start } from './start.ts'

/** `ring` must follow the store already: it is read when the feed tells of changed keys. */
export function createFeed({ clock, logger }: Start, store: LoadedStore, ring: KeyRing): FeedStreams {
  const { integrations, slotChanges, signingKeys } = store
  const kids = (): readonly string[] => ring.jwks().keys.map(({ kid }) => kid)
  const feed = new FeedStreams({ changes: slotChanges, integrations, clock, logger, kids })
  signingKeys.onChange(() => {
    feed.tellKeys()
  })
  return feed
}
