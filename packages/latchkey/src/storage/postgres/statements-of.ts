// A batch's writes as `run_all` takes them: statements with their values, and all notes of one kind in one statement.
import type { Write } from '../../rows/disk.ts'
import type { WriteName } from '../../rows/commands.ts'
import { type NoteName, NOTES, type SlotWriteName, WRITES } from './statements.ts'

const isSlotWrite = (name: WriteName): name is SlotWriteName =>
  name === 'update_slot' || name === 'supersede' || name === 'put_ring' || name === 'delete_rings'

/** As JSON. Slots and their rings are not among them: a batch writes those itself. */
export function statementsOf(writes: readonly Write[]): string {
  const statements: { readonly sql: string; readonly values: unknown[] }[] = []
  const notes = new Map<NoteName, unknown[]>()
  for (const [name, ...values] of writes) {
    if (isSlotWrite(name)) continue
    if (!isNote(name)) statements.push({ sql: WRITES[name], values: values.map(inJson) })
    else notes.set(name, [...(notes.get(name) ?? []), values])
  }
  return JSON.stringify([...statements, ...[...notes].map(([name, values]) => ({ sql: NOTES[name], values }))])
}

const isNote = (name: WriteName): name is NoteName => Object.hasOwn(NOTES, name)

const inJson = (value: Write[number] | null): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
