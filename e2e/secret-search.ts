// Searches texts for secrets and tokens, in every form in which an attacker could use them.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Needle = string | Buffer

export interface Sought {
  readonly needles: readonly Needle[]
  /** The names of the texts that may contain the secret. */
  readonly belongsIn?: ReadonlySet<string>
}

/** The secret itself, its base64, and its unsalted hash, which a dictionary attack could use. */
export function formsOfSecret(secret: string): readonly Needle[] {
  const hash = createHash('sha256').update(secret).digest()
  return [secret, Buffer.from(secret).toString('base64'), hash, hash.toString('hex'), hash.toString('base64url')]
}

/** The secret, and the pair of client ID and secret as the Basic scheme sends it. */
export const formsOfPair = (clientId: string, secret: string): readonly Needle[] => [
  ...formsOfSecret(secret),
  Buffer.from(`${clientId}:${secret}`).toString('base64'),
]

/**
 * Returns the token and its signature in several encodings. An attacker could rebuild the other parts of a token, so
 * the search ignores them.
 */
export function formsOfToken(token: string): readonly Needle[] {
  const signature = token.split('.')[2] ?? ''
  return [token, signature, Buffer.from(signature, 'base64url'), Buffer.from(token).toString('base64')]
}

/** Returns a sentence for each text that contains a secret and must not contain that secret. */
export const sightings = (
  sought: ReadonlyMap<string, Sought>,
  places: ReadonlyMap<string, Buffer | string>,
): readonly string[] =>
  [...sought].flatMap(([name, { needles, belongsIn }]) =>
    [...places]
      .filter(([place, content]) => belongsIn?.has(place) !== true && needles.some((needle) => holds(content, needle)))
      .map(([place]) => `${name} is in ${place}`),
  )

const holds = (content: Buffer | string, needle: Needle): boolean =>
  typeof content === 'string'
    ? content.includes(typeof needle === 'string' ? needle : needle.toString('latin1'))
    : content.includes(needle)

/** The key files, which only their owner can open. */
export const KEY_FILES: readonly string[] = ['master.key', 'admin.key']

/** Reads every file of a data folder except the key files. */
export const filesToSearch = (dataDir: string): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(dataDir)
      .filter((name) => !KEY_FILES.includes(name))
      .map((name) => [name, readFileSync(join(dataDir, name))]),
  )
