// A reader's place in the feed, seen through the scopes that it reads. Opaque to readers.
import { hash } from 'node:crypto'
import type { Scope } from '@latchkey/protocol'

/** What the cursors of one set of scopes have in common. */
export const cursorPrefix = (scopes: readonly Scope[]): string =>
  hash('sha256', scopes.join(' '), 'base64url').slice(0, 8)

export const writeCursor = (prefix: string, place: string): string => `${prefix}.${place}`

/** The place; undefined when the cursor was made for other scopes, or never. */
export const readCursor = (prefix: string, cursor: string): string | undefined =>
  cursor.startsWith(`${prefix}.`) ? cursor.slice(prefix.length + 1) : undefined
