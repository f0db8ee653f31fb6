// Where a store is, as commands are told: a data folder, or the URL of a database.
import { resolve } from 'node:path'
import type { CopyPlace } from '../compose/still-stores.ts'
import { readDatabaseConfig } from '../config/database-url.ts'
import type { Environment } from '../config/environment.ts'
import { configurationUnusable } from './cli-failure.ts'

export const PLACE = 'a data folder, a postgres:// URL, or LATCHKEY_DATABASE_URL for the URL in that variable'

export function placeOf(text: string, env: Environment): CopyPlace {
  if (/^postgres(?:ql)?:\/\//.test(text)) return { kind: 'database', url: text }
  if (text !== 'LATCHKEY_DATABASE_URL') return { kind: 'folder', path: resolve(text) }
  const url = readDatabaseConfig(env)
  if (!url.ok) throw configurationUnusable(url.refusal)
  return { kind: 'database', url: url.value.reveal() }
}

/** Never with the URL, which may hold a password. */
export const placeName = (place: CopyPlace): string => (place.kind === 'folder' ? place.path : 'the database')
