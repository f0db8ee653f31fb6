// Opens a key source. Its keys are either inline in the settings, or the server fetches them.
import type { KeySource } from '../../ports/key-source.ts'
import { FetchedKeySource } from './fetched-key-source.ts'
import { findIn } from './find-in.ts'
import type { KeySourceParts, KeySourceSettings } from './key-source-settings.ts'
import { readKeySet } from './read-key-set.ts'

export function openKeySource(settings: KeySourceSettings, parts: KeySourceParts): KeySource {
  const { location } = settings
  if (location.source !== 'inline') return new FetchedKeySource({ ...settings, location }, parts)
  const keys = readKeySet(location.keys, settings, [])
  const kids = keys.flatMap(({ kid }) => kid ?? [])
  const state = () => ({ fetchedAt: undefined, freshUntil: undefined, lastError: undefined, kids })
  return {
    find: (query) => Promise.resolve(findIn(keys, query) ?? { outcome: 'unknown_key' }),
    refresh: () => Promise.resolve(state()),
    state,
    close: () => undefined,
  }
}
