// The slots port, made from the state in memory and the commit queue.
import { Issuing, type IssuingPorts } from '../issuing/issue.ts'
import { revokeToken } from '../issuing/revoke.ts'
import type { Slots } from '../ports/slots.ts'

export function storedSlots(ports: IssuingPorts): Slots {
  const { queue, freshness } = ports
  const { live } = queue
  const issuing = new Issuing(ports)
  return {
    // For a store with a single writer, memory is authoritative, so a check never waits for the disk. The check takes
    // effect at this moment.
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
