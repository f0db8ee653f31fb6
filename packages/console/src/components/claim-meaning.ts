// What a claim of an access token means.
import { tryText as words } from '../strings/try.ts'
import { exact } from './times.ts'

/** Larger numbers are not seconds since the epoch. */
const MOST_SECONDS = 1e11

/** Returns the meaning of a claim, with a time in words. Empty for a claim that the console does not know. */
export function claimMeaning(name: string, value: unknown): string {
  const known = Object.hasOwn(words.meanings, name) ? (words.meanings[name] ?? '') : ''
  const isTime = (name === 'iat' || name === 'exp') && typeof value === 'number' && Math.abs(value) < MOST_SECONDS
  return isTime ? `${known} ${exact(new Date(value * 1000).toISOString())}` : known
}
