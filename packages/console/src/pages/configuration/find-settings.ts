// Finds settings by a part of their name or description, in their groups.
import type { Setting } from 'latchkey/admin-api'

export interface SettingGroup {
  readonly name: string
  readonly settings: readonly Setting[]
}

/**
 * Returns the settings that match, in their groups. `which` selects all settings, or only the settings that a variable
 * or a flag sets. The groups are in the order of their first setting.
 */
export function findSettings(
  settings: readonly Setting[],
  text: string,
  which: 'all' | 'set',
): readonly SettingGroup[] {
  const sought = text.trim().toLowerCase()
  const found = settings.filter(
    ({ name, description, origin }) =>
      `${name} ${description}`.toLowerCase().includes(sought) && (which === 'all' || origin !== 'default'),
  )
  return [...Map.groupBy(found, ({ group }) => group)].map(([name, members]) => ({ name, settings: members }))
}

/** The variable or flag that sets the setting, if any. */
export function readOrigin(origin: string): { readonly kind: 'default' | 'env' | 'flag'; readonly by?: string } {
  const [, kind, by = ''] = /^(env|flag) (.+)$/.exec(origin) ?? []
  return kind === 'env' || kind === 'flag' ? { kind, by } : { kind: 'default' }
}
