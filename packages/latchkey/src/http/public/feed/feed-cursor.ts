// A reader's place in the feed: which log, seen through which scopes, and how far. Opaque to readers.
import { hash } from 'node:crypto'
import type { Scope } from '@latchkey/protocol'

/** What the cursors of one log, seen through one set of scopes, have in common. */
export function cursorPrefix(identity: string, scopes: readonly Scope[]): string {
  return hash('sha256', `${identity} ${scopes.join(' ')}`, 'base64url').slice(0, 16)
}

export const writeCursor = (prefix: string, position: number): string => `${prefix}.${position.toString(36)}`

const CURSOR = /^([A-Za-z0-9_-]{16})\.([0-9a-z]{1,10})$/

/** Undefined when it was made for another log or other scopes, or never. */
export function readCursor(prefix: string, cursor: string): number | undefined {
  const [, made, position] = CURSOR.exec(cursor) ?? []
  return made === prefix && position !== undefined ? Number.parseInt(position, 36) : undefined
}
