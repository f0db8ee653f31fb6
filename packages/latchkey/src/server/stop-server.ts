// Stops a server: drains it, takes no new connections, finishes the requests in flight, then closes the store.
import { removeServerFile } from '../config/server-file.ts'
import type { Listeners } from './bind-listeners.ts'
import { closeServer } from './close-server.ts'
import type { ServerParts } from './server-parts.ts'
import type { Scheduler } from './signing-key-scheduler.ts'

export interface Stopping extends Pick<ServerParts, 'config' | 'drain' | 'gate' | 'observed' | 'signer' | 'store'> {
  readonly listeners: Listeners
  readonly schedulers: readonly Scheduler[]
}

/** Serves all requests for `delaySeconds` more. Also stops a server whose start failed after its parts were made. */
export async function stopServer(stopping: Stopping, delaySeconds: number): Promise<void> {
  const { config, drain, gate, listeners, schedulers } = stopping
  await drain.begin(delaySeconds * 1000)
  for (const scheduler of schedulers) scheduler.stop()
  await Promise.all([closeServer(listeners.public), listeners.admin.close()])
  if (gate.isOpen) removeServerFile(config.dataDir, { pid: process.pid, admin_url: gate.service.adminUrl })
  await stopping.observed.activity.close()
  // No connection is left that could request a token.
  await stopping.signer.close()
  await stopping.store.close()
}
