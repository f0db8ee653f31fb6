// Makes the set-up link for the first owner. Each start makes one until there is an owner.
import { Secret } from '@latchkey/protocol'
import { SYSTEM } from '../domain/audit-event.ts'
import type { Logger } from '../log.ts'
import { createSetUpLink, type LinkPorts } from '../operations/create-set-up-link.ts'
import { StoreUnavailable } from '../ports/store.ts'

/** Returns undefined if there is an owner, or if the store takes no writes. The server starts in both cases. */
export async function firstOwnerLink(
  { logger, ...ports }: LinkPorts & { readonly logger: Logger },
  adminUrl: string,
): Promise<Secret | undefined> {
  try {
    const made = await createSetUpLink(ports, SYSTEM)
    // The form of the links of the admin API.
    return made.ok ? new Secret(`${adminUrl}/set-up#${made.value.code.reveal()}`) : undefined
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
    logger.warn({ event: 'set_up_link.not_made', err: cause }, 'no link for the first owner: the store takes no writes')
    return undefined
  }
}
