// At each start until there is an owner: the link by which the first one gets in.
import { Secret } from '@latchkey/protocol'
import { SYSTEM } from '../domain/audit-event.ts'
import { createSetUpLink, type LinkPorts } from '../operations/create-set-up-link.ts'

/** Undefined when there is an owner. Throws `StoreUnavailable`. */
export async function firstOwnerLink(ports: LinkPorts, adminUrl: string): Promise<Secret | undefined> {
  const made = await createSetUpLink(ports, SYSTEM)
  // As the admin API writes its links.
  return made.ok ? new Secret(`${adminUrl}/set-up#${made.value.code.reveal()}`) : undefined
}
