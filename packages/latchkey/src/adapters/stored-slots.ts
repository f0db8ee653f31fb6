// The slots port over memory and commit queue.
import type { Slots } from '../ports/slots.ts'
import type { Exactness } from '../state/exactness.ts'
import { IssuanceDesk, type IssuanceDeskPorts } from '../issuing/issuance-desk.ts'
import { Revocation } from '../issuing/revocation.ts'

export function storedSlots(ports: IssuanceDeskPorts, exactness?: Exactness): Slots {
  const { queue } = ports
  const desk = new IssuanceDesk(ports, exactness)
  return {
    // Where nobody else writes memory is the truth: a check never waits for the disk. Its place in the order of all
    // acts is this moment.
    read: (clientId, scope) =>
      exactness === undefined
        ? queue.live.slot(clientId, scope)
        : exactness.of(clientId).then(() => queue.live.slot(clientId, scope)),
    current: () => exactness?.current(),
    issue: (attempt) => desk.issue(attempt),
    revoke: (clientId, scope, jti) =>
      new Promise((resolve, reject) => {
        queue.push(new Revocation(queue.generations, { clientId, scope, jti }, resolve, reject))
      }),
    markEnded: (clientId, scope, generation) => {
      queue.live.markEnded(clientId, scope, generation)
    },
  }
}
