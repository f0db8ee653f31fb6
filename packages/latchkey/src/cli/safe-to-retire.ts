// Shows in the lists of secrets and keys whether an operator can safely end a secret or a key.
import type { Credential, IntegrationSecret } from '../http/contract/admin-api.ts'
import { orDash } from './show.ts'
import { type Column, timeColumn } from './table.ts'
import { printable } from './terminal.ts'

type Retirable = Pick<IntegrationSecret & Credential, 'id' | 'status' | 'last_used' | 'safe_to_retire'>

export const identityColumns: readonly Column<Retirable>[] = [
  { heading: 'ID', value: ({ id }) => id, narrow: 'kept' },
  {
    heading: 'STATUS',
    value: ({ status }) => status,
    narrow: 'kept',
    colour: ({ status }) => (status === 'active' ? 'green' : status === 'ended' ? 'gray' : 'yellow'),
  },
]

export const useColumns: readonly Column<Retirable>[] = [
  timeColumn<Retirable>('LAST USED', ({ last_used }) => last_used?.at),
  { heading: 'FROM', value: ({ last_used }) => orDash(last_used?.address), isWide: true },
  { heading: 'SAFE TO RETIRE', value: ({ safe_to_retire }) => safe_to_retire.verdict, narrow: 'kept' },
  { heading: 'WHY', value: ({ safe_to_retire }) => safe_to_retire.why, isWide: true },
]

/** Returns the verdict as text for the end of a confirmation question. Empty if no item of the list has this id. */
export function safetyOf(items: readonly Retirable[], id: string): string {
  const found = items.find((item) => item.id === id)
  if (found === undefined) return ''
  return ` Is it safe? ${found.safe_to_retire.verdict}: ${printable(found.safe_to_retire.why)}`
}
