// latchkey tokens history: who requested the last tokens of a slot, and so replaced the tokens before.
import type { Command } from 'commander'
import type { SlotHistory } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { command, INTEGRATION_ARGUMENT } from '../command.ts'
import { orDash, showJson, type Shown, showTable } from '../show.ts'
import type { Terminal } from '../terminal.ts'

export function addTokenHistory(tokens: Command, terminal: Terminal): void {
  const text = {
    does: 'who replaced my token? shows the last 16 issuances of a scope, newest first, and who requested them',
    examples: ['latchkey tokens history lk0123456789abcd machinelearning.predict'],
  }
  command(tokens, 'history', text)
    .argument(...INTEGRATION_ARGUMENT)
    .argument('<scope>', 'the scope of the token')
    .action(async (which: string, scope: string, { json }: Shown) => {
      const slot = await adminClient(terminal.env).get<SlotHistory>(at`/integrations/${which}/tokens/${scope}`)
      if (json === true) showJson(terminal, slot)
      else if (slot.history.length > 0) showTable(terminal, HEADINGS, slot.history.flatMap(rows(slot.live?.jti)))
      else terminal.remark('No token of this scope was issued yet.')
    })
}

const HEADINGS = ['GENERATION', 'ISSUED', 'NOW', 'REQUESTS', 'ADDRESS', 'USER AGENT', 'SECRET', 'JTI']

/** One row for each requester: requests at the same time share a token. */
const rows =
  (liveJti: string | undefined) =>
  ({ generation, issued_at, jti, requests, requesters }: SlotHistory['history'][number]): readonly string[][] => {
    const start = [String(generation), issued_at, jti === liveJti ? 'live' : 'ended', String(requests)]
    const requested = requesters.map(({ address, user_agent, secret_id }) => [address, user_agent, secret_id])
    return (requested.length === 0 ? [['', '', '']] : requested).map((who) => [...start, ...who.map(orDash), jti])
  }
