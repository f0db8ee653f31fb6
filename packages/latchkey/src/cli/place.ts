// Where a store is, as commands are told: a data folder, or the URL of a database.
import { resolve } from 'node:path'
import { Secret } from '@latchkey/protocol'
import { readDatabaseConfig, readDatabaseUrl } from '../config/database-url.ts'
import type { Environment } from '../config/environment.ts'
import { configurationUnusable, unusable } from './cli-failure.ts'

export type StorePlace =
  { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'database'; readonly url: string }

export const PLACE = 'a data folder, a postgres:// URL, or LATCHKEY_DATABASE_URL for the URL in that variable'

/** With a scheme, which a folder may be called too: then it is written ./so:called. One letter is a drive of Windows. */
const URL_LIKE = /^[a-z][a-z\d+.-]+:|:\/\//i

/** Throws `CliFailure` for the URL of anything else: it would be taken for a folder, and shown with its password. */
export function placeOf(text: string, env: Environment): StorePlace {
  if (URL_LIKE.test(text)) return { kind: 'database', url: judged(text) }
  if (text !== 'LATCHKEY_DATABASE_URL') return { kind: 'folder', path: resolve(text) }
  const url = readDatabaseConfig(env)
  if (!url.ok) throw configurationUnusable(url.refusal)
  return { kind: 'database', url: url.value.reveal() }
}

function judged(text: string): string {
  const url = readDatabaseUrl({ kind: 'text', value: new Secret(text) })
  if (!url.ok) throw unusable(`A place that was given ${url.refusal.problem}. ${url.refusal.cure}`)
  return text
}

/** Never with the URL, which may hold a password. */
export const placeName = (place: StorePlace): string => (place.kind === 'folder' ? place.path : 'the database')
