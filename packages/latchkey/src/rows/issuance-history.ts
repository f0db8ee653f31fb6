// Encodes the issuance history of a slot as one binary value: the last 16 issuances of the slot, and the callers that
// requested them.
import type { WriteOf } from './commands.ts'
import type { Row, SqlValue } from './disk.ts'
import { readNumber, readUuid, writeNumber, writeUuid } from './packed-values.ts'

/**
 * A requester in the JSON of the command `put_history`. The subject is present only if a platform's assertion
 * authenticated the request. `handed_to`: the token was issued for another request, and this requester got the token
 * later.
 */
export type Requester = readonly [
  ...[address: string, userAgent: string, credentialId: string],
  ...([] | [subject: string] | [subject: string | null, share: 'handed_to']),
]

/** A use of a credential that resulted in a token. */
export interface CredentialUse {
  readonly credential: string
  readonly at: number
  readonly address: string
  readonly userAgent: string
}

export interface HistoryEntry {
  readonly generation: number
  readonly jti: string
  readonly issuedAt: number
  /** The number of requests that the issuance answered. */
  readonly requests: number
  /** At most 8 different requesters, as JSON. */
  readonly requesters: string
}

/** An encoded issuance, ready to be added to a history. */
export interface EncodedIssuance {
  readonly entry: Uint8Array
  /** The beginning of a history that contains only this issuance: everything before the entry. */
  readonly head: Uint8Array
}

// The format, version 1, with all numbers big-endian and their lengths in bytes in parentheses. A history is: version
// (1), number of groups (1), the groups, the entries (the newest first). A group holds the requesters of an issuance,
// and entries with the same requesters share a group. A group is: length (2), the requesters. A requester is: number of
// fields (1), the fields. A field is: kind (1), length (2), text. An entry is: generation (8), jti (16), issued at (5),
// number of requests (2), index of its group (1).
const VERSION = 1
const GROUPS_AT = 2
const GROUP_IN_ENTRY = 31
const [ISSUED_AT, ISSUED_BYTES] = [24, 5]
const MOST_REQUESTS = 0xffff
// A field of the kind HANDED_TO has an empty text.
const [ADDRESS, USER_AGENT, CREDENTIAL, SUBJECT, HANDED_TO] = [1, 2, 3, 4, 5]
export const ENTRY_BYTES = 32
export const MOST_ENTRIES = 16

export const NO_HISTORY: Uint8Array = Buffer.from([VERSION, 0])

export function encodeIssuance({ generation, jti, issuedAt, requests, requesters }: HistoryEntry): EncodedIssuance {
  const entry = Buffer.allocUnsafe(ENTRY_BYTES)
  writeNumber(entry, generation, 0)
  writeUuid(entry, jti, 8)
  entry.writeUIntBE(issuedAt, ISSUED_AT, ISSUED_BYTES)
  entry.writeUInt16BE(Math.min(requests, MOST_REQUESTS), 29)
  entry[GROUP_IN_ENTRY] = 0
  return { entry, head: headOf(requesters) }
}

/** Returns the generation of the newest issuance. 0 for an empty history. */
export function newestGeneration(history: Uint8Array): number {
  const { entries } = parse(history)
  return entries.length === 0 ? 0 : readNumber(entries, 0)
}

/** Returns the encoded issuance of the command. */
export const issuanceOf = ([, , ...issuance]: WriteOf<'put_history'>): EncodedIssuance => {
  const [generation, jti, issuedAt, requests, requesters] = issuance
  return encodeIssuance({ generation, jti, issuedAt, requests, requesters })
}

/** Encodes a history. `issuances` are at most 16 issuances, the newest first. */
export function encodeHistory(issuances: readonly HistoryEntry[]): Uint8Array {
  const groups: Buffer[] = []
  const indexes = new Map<string, number>()
  const entries = issuances.map((issuance) => {
    const known = indexes.get(issuance.requesters)
    const { entry, head } = encodeIssuance(issuance)
    const index = known ?? groups.push(asBuffer(head.subarray(GROUPS_AT))) - 1
    indexes.set(issuance.requesters, index)
    entry[GROUP_IN_ENTRY] = index
    return entry
  })
  return Buffer.concat([Buffer.from([VERSION, groups.length]), ...groups, ...entries])
}

/**
 * Returns the history with the issuance added. If the history already has 16 entries, drops the oldest entry. Throws if
 * the history is damaged.
 */
export function withIssuance(history: Uint8Array, { entry, head }: EncodedIssuance): Uint8Array {
  const { entries, groups } = parse(history)
  const kept = entries.subarray(0, (MOST_ENTRIES - 1) * ENTRY_BYTES)
  const result = Buffer.concat([entry, kept])
  // Groups without an entry are dropped, so the other groups get new indexes.
  const used = [asBuffer(head.subarray(GROUPS_AT))]
  for (let at = ENTRY_BYTES + GROUP_IN_ENTRY; at < result.length; at += ENTRY_BYTES) {
    const group = groups[result[at] ?? 0] ?? damaged()
    const known = used.findIndex((other) => other.equals(group))
    result[at] = known === -1 ? used.push(group) - 1 : known
  }
  return Buffer.concat([Buffer.from([VERSION, used.length]), ...used, result])
}

/** Returns the entries, the newest first. Throws if the value is damaged. */
export function decodeHistory(value: SqlValue | undefined): readonly HistoryEntry[] {
  if (!(value instanceof Uint8Array)) return damaged()
  const { entries, groups } = parse(value)
  const requesters = groups.map((group) => JSON.stringify(requestersIn(group)))
  return Array.from({ length: entries.length / ENTRY_BYTES }, (_, index) => {
    const at = index * ENTRY_BYTES
    return {
      generation: readNumber(entries, at),
      jti: readUuid(entries, at + 8),
      issuedAt: entries.readUIntBE(at + ISSUED_AT, ISSUED_BYTES),
      requests: entries.readUInt16BE(at + 29),
      requesters: requesters[entries[at + GROUP_IN_ENTRY] ?? 0] ?? damaged(),
    }
  })
}

/** Returns the entries as rows, the newest first. Throws if the value is damaged. */
export const historyRows = (value: SqlValue | undefined): readonly Row[] =>
  decodeHistory(value).map(({ issuedAt, ...entry }) => ({ ...entry, issued_at: issuedAt }))

/** Returns the latest time of an issuance. 0 for an empty history. Throws if the value is damaged. */
export function latestTime(value: SqlValue): number {
  if (!(value instanceof Uint8Array)) return damaged()
  const { entries } = parse(value)
  let latest = 0
  // Compares all entries, because the newest entry does not have the latest time if the clock was set back.
  for (let at = ISSUED_AT; at < entries.length; at += ENTRY_BYTES) {
    latest = Math.max(latest, entries.readUIntBE(at, ISSUED_BYTES))
  }
  return latest
}

/** Returns the last use of each credential. Throws if the value is damaged. */
export function usesIn(value: SqlValue): readonly CredentialUse[] {
  if (!(value instanceof Uint8Array)) return damaged()
  const { entries, groups } = parse(value)
  const uses = new Map<string, CredentialUse>()
  // Reads from the oldest entry to the newest, so that a later use overwrites an earlier use.
  for (let at = entries.length - ENTRY_BYTES; at >= 0; at -= ENTRY_BYTES) {
    for (const use of usesOf(entries, at, groups)) uses.set(use.credential, use)
  }
  return [...uses.values()]
}

/**
 * Returns the uses of credentials that the history loses when `withIssuance` adds the issuance. These are the uses in
 * the oldest entry, except those of credentials that also occur in a newer entry.
 */
export function usesThatGo(history: Uint8Array, { head }: EncodedIssuance): readonly CredentialUse[] {
  const { entries, groups } = parse(history)
  const oldest = (MOST_ENTRIES - 1) * ENTRY_BYTES
  if (entries.length <= oldest) return []
  const kept = new Set(groupIndexes(entries.subarray(0, oldest)))
  // In the usual case a newer entry has the same requesters, so the history loses no use.
  if (kept.has(entries[oldest + GROUP_IN_ENTRY] ?? 0)) return []
  const groupsKept = [asBuffer(head.subarray(GROUPS_AT)), ...[...kept].map((index) => groups[index] ?? damaged())]
  const credentials = new Set(groupsKept.flatMap(requestersIn).map(([, , credential]) => credential))
  return usesOf(entries, oldest, groups).filter(({ credential }) => !credentials.has(credential))
}

function groupIndexes(entries: Buffer): readonly number[] {
  return Array.from({ length: entries.length / ENTRY_BYTES }, (_, n) => entries[n * ENTRY_BYTES + GROUP_IN_ENTRY] ?? 0)
}

/** Returns the uses in the entry at the offset `at`. */
function usesOf(entries: Buffer, at: number, groups: readonly Buffer[]): readonly CredentialUse[] {
  const group = groups[entries[at + GROUP_IN_ENTRY] ?? 0] ?? damaged()
  const issuedAt = entries.readUIntBE(at + ISSUED_AT, ISSUED_BYTES)
  return requestersIn(group).map(([address, userAgent, credential]) => ({
    credential,
    at: issuedAt,
    address,
    userAgent,
  }))
}

/** Splits a history into its groups (each with its length) and its entries. Throws if the history is damaged. */
function parse(history: Uint8Array): { readonly entries: Buffer; readonly groups: readonly Buffer[] } {
  const bytes = asBuffer(history)
  const [version, count = 0] = bytes
  const groups: Buffer[] = []
  let at = GROUPS_AT
  while (version === VERSION && groups.length < count && at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at)
    groups.push(bytes.subarray(at, end))
    at = end
  }
  const length = bytes.length - at
  const isWhole = version === VERSION && groups.length === count && length >= 0
  if (!isWhole || length % ENTRY_BYTES !== 0 || length > MOST_ENTRIES * ENTRY_BYTES) damaged()
  return { entries: bytes.subarray(at), groups }
}

function headOf(json: string): Buffer {
  const requesters = JSON.parse(json) as readonly Requester[]
  // Reserves three bytes for each UTF-16 unit of the JSON text, which is the most that UTF-8 can need.
  const bytes = Buffer.allocUnsafe(json.length * 3 + requesters.length * 13 + GROUPS_AT + 2)
  bytes[0] = VERSION
  bytes[1] = 1
  let at = GROUPS_AT + 2
  const put = (kind: number, text: string): void => {
    bytes[at] = kind
    const length = bytes.write(text, at + 3)
    bytes.writeUInt16BE(length, at + 1)
    at += 3 + length
  }
  for (const [address, userAgent, credential, subject, share] of requesters) {
    const hasSubject = typeof subject === 'string'
    bytes[at++] = 3 + Number(hasSubject) + Number(share !== undefined)
    put(ADDRESS, address)
    put(USER_AGENT, userAgent)
    put(CREDENTIAL, credential)
    if (hasSubject) put(SUBJECT, subject)
    if (share !== undefined) put(HANDED_TO, '')
  }
  bytes.writeUInt16BE(at - GROUPS_AT - 2, GROUPS_AT)
  return bytes.subarray(0, at)
}

function requestersIn(group: Buffer): readonly Requester[] {
  const requesters: Requester[] = []
  for (let at = 2; at < group.length;) {
    const fields = new Map<number, string>()
    for (let left = group[at++] ?? 0; left > 0; left--) {
      const end = at + 3 + group.readUInt16BE(at + 1)
      fields.set(group[at] ?? 0, group.toString('utf8', at + 3, end))
      at = end
    }
    const source = [fields.get(ADDRESS) ?? '', fields.get(USER_AGENT) ?? '', fields.get(CREDENTIAL) ?? ''] as const
    const subject = fields.get(SUBJECT)
    if (fields.has(HANDED_TO)) requesters.push([...source, subject ?? null, 'handed_to'])
    else requesters.push(subject === undefined ? source : [...source, subject])
  }
  return requesters
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

function damaged(): never {
  throw new Error('The store is damaged: the issuance history of a slot cannot be read.')
}
