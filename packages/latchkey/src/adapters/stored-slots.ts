// Implements the port for slots with the state in memory and the commit queue.
import { Issuing, type IssuingPorts } from '../issuing/issue.ts'
import { revokeToken } from '../issuing/revoke.ts'
import type { Slots } from '../ports/slots.ts'

export function storedSlots(ports: IssuingPorts): Slots {
  const { queue, freshness } = ports
  const { live } = queue
  const issuing = new Issuing(ports)
  return {
    // If the store has a single writer, the state in memory is always current, so a token check never waits for the
    // disk.
    read: (clientId, scope) => {
      const fresh = freshness.of(clientId)
      return fresh === undefined ? live.slot(clientId, scope) : fresh.then(() => live.slot(clientId, scope))
    },
    current: () => freshness.configuration(),
    issue: (attempt, resolvers) => {
      issuing.issue(attempt, resolvers)
    },
    revoke: (clientId, scope, jti) => revokeToken(queue, { clientId, scope, jti }),
    markEnded: (clientId, scope, generation) => {
      live.markEnded(clientId, scope, generation)
    },
  }
}
