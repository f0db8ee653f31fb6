// The last 16 issuances of a slot: who asked for them, from where, with which secret.
import { printableAgent } from '../../domain/printable-agent.ts'
import type { RecordedToken, Slot } from '../../domain/slot.ts'
import type { Write } from '../disk.ts'
import type { Sharer } from './sharer.ts'

const RING_SIZE = 16
const MAX_REQUESTERS = 8

/** `[address, user agent, secret id]` */
type RequesterEntry = readonly [string, string, string]

export function ringWrite(slot: Slot, token: RecordedToken, sharers: readonly Sharer[]): Write {
  const requesters = new Map<string, RequesterEntry>()
  for (const { attempt } of sharers) {
    const { requester, client } = attempt
    const entry: RequesterEntry = [requester.address, printableAgent(requester.userAgent), client.secretId]
    if (sharers.length === 1) return ringEntry(slot, token, 1, [entry])
    requesters.set(entry.join('\n'), entry)
    if (requesters.size === MAX_REQUESTERS) break
  }
  return ringEntry(slot, token, sharers.length, [...requesters.values()])
}

const ringEntry = (
  slot: Slot,
  token: RecordedToken,
  requests: number,
  requesters: readonly RequesterEntry[],
): Write => [
  'put_ring',
  slot.id,
  slot.issuances % RING_SIZE,
  token.generation,
  token.jti,
  token.issuedAt,
  requests,
  JSON.stringify(requesters),
]
