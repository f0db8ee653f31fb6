// The routes that need no key: is the process alive, can it work, which version is it, what is this place.
import type { StoreHealth } from '../../ports/store.ts'
import type { AdminServer } from './admin-server.ts'

export interface HealthPorts {
  readonly health: Pick<StoreHealth, 'proveWrite'>
  readonly version: string
}

const WHAT_THIS_IS = `This is the admin listener of Latchkey: the admin API is under /admin/v1, for holders of an admin key.
The same from a terminal: latchkey integrations list (in a checkout: npm run -s latchkey -- integrations list).
`

export function addHealthRoutes(app: AdminServer, { health, version }: HealthPorts): void {
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(WHAT_THIS_IS))
  app.get('/livez', (_request, reply) => reply.send({ status: 'alive' }))
  app.get('/version', (_request, reply) => reply.send({ version }))
  app.get('/readyz', async (_request, reply) => {
    // Ready means that a token could be recorded now; a fault becomes a 503 where all faults do.
    await health.proveWrite()
    return reply.send({ status: 'ready' })
  })
}
