// Reports that a server has started: to the command line, to its operator, and to other servers on the same database.
import { existsSync } from 'node:fs'
import { Secret } from '@latchkey/protocol'
import { writeServerFile } from '../config/server-file.ts'
import type { Urls } from './bind-listeners.ts'
import type { ServerParts } from './server-parts.ts'
import { SYSTEM } from '../domain/audit-event.ts'
import { MODEL, PREDICT } from '../domain/reference-catalog.ts'
import { createIntegration, type CreateIntegrationPorts } from '../operations/create-integration.ts'
import type { Logger } from '../log.ts'
import { createSetUpLink, type LinkPorts } from '../operations/create-set-up-link.ts'
import { StoreUnavailable } from '../ports/store.ts'

export interface FirstStart {
  readonly demo: Demo | undefined
  readonly adminKeyFile: string
}

export interface Announced {
  /** The demo integration and the admin key of the first start. Undefined at later starts. */
  readonly firstStart: FirstStart | undefined
  /** The set-up link for the first owner, which works once within an hour. Undefined if there is an owner. */
  readonly setUpLink: Secret | undefined
  /** The issuers of other running servers on the same database, if they differ from the issuer of this server. */
  readonly otherIssuers: readonly string[]
}

export async function announce({ adminUrl, publicUrl, issuer }: Urls, parts: ServerParts): Promise<Announced> {
  const { config, logger, folder, clock, store, sessionVault, events } = parts
  writeServerFile(config.dataDir, { pid: process.pid, admin_url: adminUrl, public_url: publicUrl })
  const firstStart = store.isNew && existsSync(folder.adminKeyFile) ? await introduce(parts) : undefined
  const setUpLink = await firstOwnerLink({ operators: store.operators, sessionVault, clock, logger }, adminUrl)
  await store.announce(issuer)
  return { firstStart, setUpLink, otherIssuers: events.otherIssuers() }
}

/**
 * Makes the demo integration, then records that the first start is complete. If a first start fails before this
 * function ends, for example because a port is in use, the next start makes the integration.
 */
async function introduce({ config, folder, store, creating }: ServerParts): Promise<FirstStart> {
  const demo = config.demo ? await createDemo(creating) : undefined
  await store.markIntroduced()
  return { demo, adminKeyFile: folder.adminKeyFile }
}

interface Demo {
  readonly name: string
  readonly clientId: string
  readonly clientSecret: Secret
}

/** Makes the demo integration of the first start. */
async function createDemo(ports: CreateIntegrationPorts): Promise<Demo> {
  const name = 'Demo'
  const created = await createIntegration(ports, SYSTEM, {
    name,
    description: 'Made by the first start, so that you can try the server',
    scopes: [PREDICT, MODEL],
  })
  if (!created.ok) throw new Error(`the demo integration was refused: ${created.refusal.reason}`)
  const { integration, clientSecret } = created.value
  if (clientSecret === undefined) throw new Error('the demo integration was made without a secret of its own')
  return { name, clientId: integration.state.integration.clientId, clientSecret }
}

/**
 * Makes the set-up link of the first owner. Returns undefined if there is an owner, or if the store accepts no writes
 * (the server starts even then).
 */
async function firstOwnerLink(
  { logger, ...ports }: LinkPorts & { readonly logger: Logger },
  adminUrl: string,
): Promise<Secret | undefined> {
  try {
    const made = await createSetUpLink(ports, SYSTEM)
    // The admin API returns links of the same form.
    return made.ok ? new Secret(`${adminUrl}/set-up#${made.value.code.reveal()}`) : undefined
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
    logger.warn(
      { event: 'set_up_link.not_made', err: cause },
      'no link for the first owner: the store accepts no writes',
    )
    return undefined
  }
}
