// Makes a started server known: to the command line, to its operator, and to other servers on the same database.
import { existsSync } from 'node:fs'
import type { Secret } from '@latchkey/protocol'
import { writeServerFile } from '../config/server-file.ts'
import type { Urls } from './bind-listeners.ts'
import { createDemo, type Demo } from './demo.ts'
import { firstOwnerLink } from './first-owner-link.ts'
import type { ServerParts } from './server-parts.ts'

export interface FirstStart {
  readonly demo: Demo | undefined
  readonly adminKeyFile: string
}

export interface Announced {
  /** What the first start made; undefined at later ones. */
  readonly firstStart: FirstStart | undefined
  /** Lets the first owner in, once, for an hour. Undefined if there is an owner. */
  readonly setUpLink: Secret | undefined
  /** Issuers of other servers that run on the same database, if they differ from the issuer of this one. */
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

/** If a start fails before this, because a port is taken for example, the next start introduces the server. */
async function introduce({ config, folder, store, creating }: ServerParts): Promise<FirstStart> {
  const demo = config.demo ? await createDemo(creating) : undefined
  await store.markIntroduced()
  return { demo, adminKeyFile: folder.adminKeyFile }
}
