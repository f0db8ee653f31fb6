// At each start until there is an owner: the link by which the first one gets in.
import { Secret } from '@latchkey/protocol'
import { SYSTEM } from '../domain/audit-event.ts'
import type { Logger } from '../log.ts'
import { createSetUpLink, type LinkPorts } from '../operations/create-set-up-link.ts'
import { StoreUnavailable } from '../ports/store.ts'

/** Undefined when there is an owner, and when the store takes no writes: that hinders no start. */
export async function firstOwnerLink(
  { logger, ...ports }: LinkPorts & { readonly logger: Logger },
  adminUrl: string,
): Promise<Secret | undefined> {
  try {
    const made = await createSetUpLink(ports, SYSTEM)
    // As the admin API writes its links.
    return made.ok ? new Secret(`${adminUrl}/set-up#${made.value.code.reveal()}`) : undefined
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
    logger.warn({ event: 'set_up_link.not_made', err: cause }, 'no link for the first owner: the store takes no writes')
    return undefined
  }
}
