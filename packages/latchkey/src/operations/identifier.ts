// The part of an id behind its prefix: 32 hexadecimal digits that never meet.
import type { Random } from '../ports/random.ts'

export const identifier = (random: Random): string => random.uuid().replaceAll('-', '')
