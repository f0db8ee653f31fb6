// Reads slots for operators: the slots with live tokens in the order of their expiry, and the issuance history of a
// slot.
import type { Scope } from '@latchkey/protocol'
import type { RecordedIssuance, RecordedRequester, SlotViews } from '../ports/slot-views.ts'
import type { Disk, Row } from '../rows/disk.ts'
import type { Requester } from '../rows/issuance-history.ts'
import { number, text } from '../rows/rows.ts'
import type { LiveState } from '../state/live-state.ts'

export function storedSlotViews(disk: Disk, live: LiveState): SlotViews {
  return {
    history: async (clientId, scope) => {
      const slot = live.slot(clientId, scope)
      if (slot === undefined) return []
      return (await disk.read('history', slot.id)).map((row) => ({
        generation: number(row, 'generation'),
        jti: text(row, 'jti'),
        issuedAt: number(row, 'issued_at'),
        requests: number(row, 'requests'),
        ...readRequesters(row),
      }))
    },

    live: async ({ now, limit, after }) => {
      const floor = Number((await disk.read('store'))[0]?.['floor'] ?? 0)
      const rows = await disk.read('live_slots', now, floor, after?.expiresAt ?? 0, after?.slotId ?? 0, limit)
      return rows.map((row) => ({
        slotId: number(row, 'id'),
        clientId: text(row, 'client_id'),
        integrationId: text(row, 'integration_id'),
        integrationName: text(row, 'integration_name'),
        scope: text(row, 'scope') as Scope,
        token: {
          generation: number(row, 'live_generation'),
          jti: text(row, 'live_jti'),
          issuedAt: number(row, 'live_issued_at'),
          expiresAt: number(row, 'live_expires_at'),
          audience: text(row, 'live_audience'),
        },
      }))
    },

    liveByScope: (now) => {
      const counts = new Map<string, number>()
      for (const [, { slots }] of live.entries()) {
        for (const { scope, live: token } of slots) {
          if (token !== undefined && now < token.expiresAt) counts.set(scope, (counts.get(scope) ?? 0) + 1)
        }
      }
      return counts
    },
  }
}

/**
 * Reads the callers that requested the issuance, and the callers that got its token later. The row has each caller as
 * an array of address, user agent, credential ID, subject (only for platform assertions) and `handed_to` (only for a
 * caller that got the token later).
 */
function readRequesters(row: Row): Pick<RecordedIssuance, 'requesters' | 'handedTo'> {
  const sources = JSON.parse(text(row, 'requesters')) as readonly Requester[]
  const recorded = ([address, userAgent, credentialId, subject]: Requester): RecordedRequester => ({
    ...{ address, userAgent, credentialId },
    subject: subject ?? undefined,
  })
  return {
    requesters: sources.filter(([, , , , share]) => share === undefined).map(recorded),
    handedTo: sources.filter(([, , , , share]) => share !== undefined).map(recorded),
  }
}
