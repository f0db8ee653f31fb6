// Binds the ports of a server, on which the URLs of the server depend.
import type { Server } from 'node:http'
import { type Config, listenerUrl } from '../config/config.ts'
import type { AdminServer } from '../http/admin/admin-server.ts'
import { listen } from './listen.ts'

export interface Listeners {
  readonly admin: AdminServer
  readonly public: Server
}

export interface Urls {
  readonly adminUrl: string
  readonly publicUrl: string
  readonly issuer: string
}

/** Binds both ports and returns the URLs. Throws an Error that says what to do if a port cannot be bound. */
export async function bindListeners(listeners: Listeners, config: Config): Promise<Urls> {
  const { adminListener, publicListener } = config
  await listeners.admin.ready()
  const adminPort = await listen(listeners.admin.server, {
    host: adminListener.host,
    port: adminListener.port,
    setting: 'LATCHKEY_ADMIN_PORT',
  })
  const publicPort = await listen(listeners.public, {
    host: publicListener.host,
    port: publicListener.port,
    setting: 'LATCHKEY_PORT',
  })
  const publicUrl = config.publicUrl ?? listenerUrl(publicListener, publicPort)
  return { adminUrl: listenerUrl(adminListener, adminPort), publicUrl, issuer: config.issuerFor(publicUrl) }
}
