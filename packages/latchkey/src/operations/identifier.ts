// Makes the part of an id after its prefix.
import type { EpochSeconds } from '../domain/slot.ts'
import type { Random } from '../ports/random.ts'

/**
 * Returns a version 7 UUID without its dashes (RFC 9562 §5.7): 32 hexadecimal digits. It begins with the time in
 * milliseconds, so that new entries go to the end of the store's indexes.
 */
export function identifier(random: Random, now: EpochSeconds): string {
  const time = (now * 1000).toString(16).padStart(12, '0')
  const chance = random.uuid().replaceAll('-', '')
  return `${time}7${chance.slice(13)}`
}
