// Reads the setting `synchronous_standby_names` of PostgreSQL: `FIRST 1 (a, b)`, `ANY 1 (a, b)`, `1 (a, b)` or `a, b`.

export interface StandbyNames {
  /** The number of standbys for which each commit waits. 0 if the setting is empty. */
  readonly waitsFor: number
  /** The names in order. `*` is every standby. */
  readonly names: readonly string[]
}

export function readStandbyNames(setting: string): StandbyNames {
  const match = /^\s*(?:(?:FIRST|ANY)\s+)?(?<count>\d+)\s*\((?<list>.*)\)\s*$/i.exec(setting)
  const names = [...(match?.groups?.['list'] ?? setting).matchAll(/"(?:[^"]|"")*"|[^\s,]+/g)].map(([name]) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  )
  // A list without a number means the first of its names.
  return { names, waitsFor: Number(match?.groups?.['count'] ?? Math.min(1, names.length)) }
}

/**
 * True if every standby that can be promoted has every commit, so that an old primary without this standby can
 * acknowledge no commit. False if a standby that was not promoted could go on acknowledging the old primary.
 */
export const areAllAwaited = ({ waitsFor, names }: StandbyNames): boolean =>
  waitsFor > 0 && waitsFor >= names.length && !names.includes('*')
