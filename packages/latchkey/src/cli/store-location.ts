// The location of a store in a command: a data folder, or the URL of a database.
import { resolve } from 'node:path'
import { Secret } from '@latchkey/protocol'
import { readDatabaseConfig, readDatabaseUrl } from '../config/database-url.ts'
import type { Environment } from '../config/environment.ts'
import { configurationUnusable, unusable } from './cli-failure.ts'

export type StoreLocation =
  { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'database'; readonly url: string }

export const STORE_LOCATION = 'a data folder, a postgres:// URL, or LATCHKEY_DATABASE_URL for the URL in that variable'

/**
 * The scheme of a URL. A folder whose name looks like a URL must be written with ./ before it. A single letter is a
 * Windows drive.
 */
const URL_LIKE = /^[a-z][a-z\d+.-]+:|:\/\//i

/**
 * Reads a location. Throws `CliFailure` for a URL that is not the URL of a database. If the URL were taken for the name
 * of a folder, an error message would print the password in the URL.
 */
export function locationOf(text: string, env: Environment): StoreLocation {
  if (URL_LIKE.test(text)) return { kind: 'database', url: judged(text) }
  if (text !== 'LATCHKEY_DATABASE_URL') return { kind: 'folder', path: resolve(text) }
  const url = readDatabaseConfig(env)
  if (!url.ok) throw configurationUnusable(url.refusal)
  return { kind: 'database', url: url.value.reveal() }
}

function judged(text: string): string {
  const url = readDatabaseUrl({ kind: 'text', value: new Secret(text) })
  if (!url.ok) throw unusable(`The given location ${url.refusal.problem}. ${url.refusal.cure}`)
  return text
}

/** Returns the name for messages. It never contains the URL, which may have a password. */
export const locationName = (location: StoreLocation): string =>
  location.kind === 'folder' ? location.path : 'the database'
