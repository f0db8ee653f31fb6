// Generates the part of an id that follows the prefix.
import type { EpochSeconds } from '../domain/slot.ts'
import type { Random } from '../ports/random.ts'

/**
 * Returns a version 7 UUID without its dashes (RFC 9562 §5.7): 32 hexadecimal digits. The UUID begins with the time in
 * milliseconds, so that a new record is added at the end of the database index.
 */
export function identifier(random: Random, now: EpochSeconds): string {
  const time = (now * 1000).toString(16).padStart(12, '0')
  const chance = random.uuid().replaceAll('-', '')
  return `${time}7${chance.slice(13)}`
}
