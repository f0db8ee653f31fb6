// The cursor of a reader: its position in the feed, bound to the scopes that the reader follows. Readers must not
// interpret the text.
import { hash } from 'node:crypto'
import type { Scope } from '@latchkey/protocol'

/** Returns the beginning that all cursors for these scopes share. */
export const cursorPrefix = (scopes: readonly Scope[]): string =>
  hash('sha256', scopes.join(' '), 'base64url').slice(0, 8)

export const writeCursor = (prefix: string, place: string): string => `${prefix}.${place}`

/**
 * Returns the feed position in the cursor. Undefined if the cursor was made for other scopes, or not by this function.
 */
export const readCursor = (prefix: string, cursor: string): string | undefined =>
  cursor.startsWith(`${prefix}.`) ? cursor.slice(prefix.length + 1) : undefined
