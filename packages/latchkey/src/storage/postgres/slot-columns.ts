// Encodes the slots of a batch for PostgreSQL: as one array for each column if only tokens changed, and as JSON for
// other changes.
import type { ChangedSlot, ChangedWindow } from '../../commit/staged-batch.ts'
import type { RecordedToken, Slot } from '../../domain/slot.ts'
import type { Write } from '../../rows/disk.ts'
import { type EncodedIssuance, issuanceOf } from '../../rows/issuance-history.ts'

type Columns = Readonly<Record<string, string | number | undefined>>

/** Returns the array parameters of `commit_slot_batch`, in order. */
export function slotArrays(slots: readonly ChangedSlot[], writes: readonly Write[]): readonly string[] {
  const macs = macsIn(writes)
  const issuances = issuancesIn(writes)
  const of = <Value>(read: (slot: Slot) => Value): readonly Value[] => slots.map(({ slot }) => read(slot))
  return [
    numbers(of(({ id }) => id)),
    numbers(slots.map(({ expected }) => expected)),
    numbers(of(({ generation }) => generation)),
    numbers(of((slot) => slot.issuances)),
    numbers(of(({ revokedGeneration }) => revokedGeneration)),
    numbers(of(({ supersededGeneration }) => supersededGeneration)),
    ...tokenArrays(of(({ live }) => live)),
    ...tokenArrays(of(({ predecessor }) => predecessor?.token)),
    numbers(of(({ predecessor }) => predecessor?.until)),
    byteStrings(of(({ id }) => macs.get(id) ?? undefined)),
    byteStrings(of(({ id }) => hexOf(issuances.get(id)?.head))),
    byteStrings(of(({ id }) => hexOf(issuances.get(id)?.entry))),
  ]
}

/** Returns the array parameters of `commit_assertion_batch` for its replay windows, in order. */
export const windowArrays = (windows: readonly ChangedWindow[]): readonly string[] => [
  texts(windows.map(({ clientId }) => clientId)),
  numbers(windows.map(({ expected }) => expected)),
  numbers(windows.map(({ window }) => window.version)),
  numbers(windows.map(({ window }) => window.watermark)),
  byteStrings(windows.map(({ window }) => hexOf(window.entries))),
]

/** Returns the MACs in hexadecimal digits, by slot id. Null for a slot without a token. */
function macsIn(writes: readonly Write[]): ReadonlyMap<number, string | null> {
  const macs = new Map<number, string | null>()
  for (const write of writes) {
    if (write[0] === 'supersede') macs.set(write[9], write[10])
    else if (write[0] === 'update_slot') macs.set(write[18], write[19])
  }
  return macs
}

/**
 * Returns the issuances by slot id. If the batch has several issuances of a slot, returns the last one. The token of
 * the last issuance is in the slot.
 */
function issuancesIn(writes: readonly Write[]): ReadonlyMap<number, EncodedIssuance> {
  const issuances = new Map<number, EncodedIssuance>()
  for (const write of writes) {
    if (write[0] === 'put_history') issuances.set(write[1], issuanceOf(write))
  }
  return issuances
}

const tokenArrays = (tokens: readonly (RecordedToken | undefined)[]): readonly string[] => [
  numbers(tokens.map((token) => token?.generation)),
  texts(tokens.map((token) => token?.jti)),
  numbers(tokens.map((token) => token?.issuedAt)),
  numbers(tokens.map((token) => token?.expiresAt)),
  texts(tokens.map((token) => token?.audience)),
]

// Makes an array literal. If no slot has a value, the array is empty, because `unnest` then returns NULL for every
// slot.
const literal = <Value>(values: readonly (Value | undefined)[], write: (value: Value) => string): string =>
  values.some((value) => value !== undefined)
    ? `{${values.map((value) => (value === undefined ? 'NULL' : write(value))).join(',')}}`
    : '{}'

const numbers = (values: readonly (number | undefined)[]): string => literal(values, String)

const texts = (values: readonly (string | undefined)[]): string =>
  literal(values, (value) => `"${value.replace(/["\\]/g, '\\$&')}"`)

/** Makes an array literal of byte strings from texts of hexadecimal digits. */
const byteStrings = (values: readonly (string | undefined)[]): string => literal(values, (value) => `"\\\\x${value}"`)

const hexOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

/** Returns the JSON parameter of `put_slots`. */
export function wantedSlots(slots: readonly ChangedSlot[], writes: readonly Write[]): string {
  const macs = macsIn(writes)
  const wanted = slots.map(({ slot, expected }) => {
    const mac = macs.get(slot.id) ?? undefined
    return { ...slotColumns(slot), mac: mac && `\\x${mac}`, id: slot.id, expect: expected }
  })
  return JSON.stringify(wanted)
}

/** Returns the columns of the row of a slot. A missing column becomes NULL. */
const slotColumns = (slot: Slot): Columns => ({
  granted: Number(slot.granted),
  open: Number(slot.open),
  generation: slot.generation,
  issuances: slot.issuances,
  revoked_generation: slot.revokedGeneration,
  superseded_generation: slot.supersededGeneration,
  ...tokenColumns('live', slot.live),
  ...tokenColumns('prev', slot.predecessor?.token),
  prev_until: slot.predecessor?.until,
})

const tokenColumns = (prefix: 'live' | 'prev', token: RecordedToken | undefined): Columns | undefined =>
  token && {
    [`${prefix}_generation`]: token.generation,
    [`${prefix}_jti`]: token.jti,
    [`${prefix}_issued_at`]: token.issuedAt,
    [`${prefix}_expires_at`]: token.expiresAt,
    [`${prefix}_audience`]: token.audience,
  }
